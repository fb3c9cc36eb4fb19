/** What a webhook request becomes, for each scheme: proof, type rule, dotted paths, routes. Pure, so many a second. */

import { onlyFields } from "../../../src/domain/fields.ts";
import { type Headers, parseJson, type WebhookRequest, webhookRequest } from "../../../src/domain/payload.ts";
import { Routes } from "../../../src/domain/route.ts";
import { route } from "../../../src/domain/routing.ts";
import { sampleTypes, sampleWebhook } from "../../../src/domain/samples/sample.ts";
import { keysOf, receive, schemes } from "../../../src/domain/schemes/index.ts";
import { EventTypeRule, SCHEMES, type SchemeName } from "../../../src/domain/source.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { bytesOf, hold, isObject, jsonOf, type Target } from "../target.ts";

const NOW = 1_800_000_000_000;
const URL = "https://box.example.org/webhook/p_1/source";
const SEED = new Uint8Array(32).fill(7);

interface Case {
  scheme: SchemeName;
  headers: Headers;
  body: string;
  /** Signs the body as it is now. */
  signed: boolean;
  rule: unknown;
  routes: unknown;
}

const RULES = [
  null,
  { header: "X-GitHub-Event", action: "action" },
  { body: "pull_request.head.ref", action: "action" },
  { body: "__proto__.polluted" },
  { body: "items.0.name" },
  { body: `${"a.".repeat(99)}a` },
];
const ROUTES: readonly unknown[] = [
  null,
  {},
  { "*": "/all" },
  { "pull_request.*": "/review", push: "" },
  { constructor: "x" },
  { "*": { prompt: "/all", priority: "interrupt", tag: "x", fields: ["/a/*/b", "/__proto__", "/action"] } },
];

const keys = (scheme: SchemeName) => keysOf(schemes[scheme].secret, SEED);

export const webhook: Target = {
  name: "webhook",
  promise:
    "a request is refused, greeted, or becomes an event whose type, id and media type keep the grammar; what is not proved is not parsed",
  open: async () => ({ generate, judge, close: async () => {} }),
};

function generate(chance: Chance): Uint8Array {
  const scheme = chance.of(SCHEMES);
  const type = chance.of(sampleTypes(scheme));
  const sample = sampleWebhook(scheme, type, {
    secret: keys(scheme).signing,
    nowMs: NOW,
    seed: "1",
    url: URL,
  });
  if (sample.kind !== "sample") throw new Error(`there is no sample ${type}`);
  const json = parseJson(sample.body.toString());
  const body =
    json !== undefined && chance.oneIn(3)
      ? Buffer.from(JSON.stringify(mutateJson(json, chance)) ?? "")
      : mutateBytes(sample.body, chance);
  const made: Case = {
    scheme,
    headers: sample.headers,
    body: Buffer.from(body).toString("latin1"),
    signed: !chance.oneIn(4),
    rule: chance.of(RULES),
    routes: chance.of(ROUTES),
  };
  return bytesOf(chance.oneIn(2) ? mutateJson(made, chance) : made);
}

async function judge(input: Uint8Array): Promise<void> {
  const made = jsonOf(input);
  if (!isObject(made) || typeof made.body !== "string" || !isObject(made.headers)) return;
  const name = SCHEMES.find((known) => known === made.scheme);
  if (name === undefined) return;
  const scheme = schemes[name];
  const body = Buffer.from(made.body, "latin1");
  const { signing, given } = keys(name);
  const sent = headersOf(made.headers);
  const own = made.signed === true ? scheme.sign({ headers: sent, body, url: URL }, signing, NOW) : {};
  const headers: Headers = { ...sent, ...own };
  const request = watched(webhookRequest(headers, body));
  const eventType = EventTypeRule.safeParse(made.rule).data ?? null;
  const received = receive(scheme, request, { secrets: [given], url: URL, options: null, eventType }, NOW);
  if (received.kind === "refused") {
    hold(received.message.length > 10 && /^[a-z_]+$/.test(received.code), "a refusal without words");
    hold(given === "" || !JSON.stringify(received).includes(given), "the secret is told");
    // Linear's time is inside of what it signs.
    const proved = received.code === "bad_json" || (name === "linear" && received.code === "stale_timestamp");
    hold(proved || !request.wasRead, "a request that is not proved was parsed");
    return;
  }
  if (received.kind === "handshake") {
    hold(given === "" || !JSON.stringify(received.answer).includes(given), "a handshake tells the secret");
    return;
  }
  hold(
    made.signed === true || received.verifiedBy === null || isSignedAnyway(headers),
    "an unsigned request is verified",
  );
  hold(/^[A-Za-z0-9._:/-]{1,120}$/.test(received.type), `type ${JSON.stringify(received.type)}`);
  hold(
    received.deliveryId === null || /^[\x21-\x7e]{1,200}$/.test(received.deliveryId),
    "a delivery id outside its grammar",
  );
  hold(
    /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(received.contentType),
    "a media type outside its grammar",
  );
  const routes = Routes.safeParse(made.routes).data ?? null;
  const { routing: routed, rule } = route({ routes, skill: null }, received.type);
  hold(
    routed.kind === "dropped" || routed.prompt === null || typeof routed.prompt === "string",
    "a prompt that is no text",
  );
  if (rule.fields === undefined) return;
  const kept = onlyFields({ payload: received.payload, json: request.json() }, rule.fields);
  hold(kept === "" || jsonOf(Buffer.from(kept)) !== undefined, "what is kept of the payload is no JSON");
}

/** Node gives texts, and lists for what may come more than once. */
function headersOf(given: Record<string, unknown>): Headers {
  const entries = Object.entries(given).map(([key, value]) => {
    const many = Array.isArray(value) ? value.map(String) : undefined;
    return [key.toLowerCase(), many ?? (typeof value === "string" ? value : undefined)] as const;
  });
  return Object.fromEntries(entries);
}

/** The sample's own signature may still be right. */
const isSignedAnyway = (headers: Headers): boolean =>
  Object.keys(headers).some((key) => /signature|hmac|token|authorization/.test(key));

function watched(request: WebhookRequest): WebhookRequest & { wasRead: boolean } {
  const read = {
    ...request,
    wasRead: false,
    payload() {
      read.wasRead = true;
      return request.payload();
    },
    json() {
      read.wasRead = true;
      return request.json();
    },
  };
  return read;
}
