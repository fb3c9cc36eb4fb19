/**
 * Twilio: `X-Twilio-Signature`, HMAC-SHA1 in base64, over the URL that Twilio was given and the form's fields, sorted; over the URL alone
 * where the body is JSON, whose SHA-256 stands in the URL's query then
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
 */
import { createHash } from "node:crypto";
import { header, type WebhookRequest } from "../payload.ts";
import { digestIn, hmac, keyOf } from "./hmac.ts";
import { mismatch, missing } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider } from "./secret-rule.ts";

const provider = "Twilio";
const SIGNATURE = "X-Twilio-Signature";

/** Twilio sends some dozens. They must be sorted before anybody is known, which is not to be worth anything. */
const MOST_FIELDS = 1_000;

const TYPES = ["SmsStatus", "MessageStatus", "CallStatus", "RecordingStatus", "EventType"] as const;

export const twilio: Scheme = {
  name: "twilio",
  provider,
  secret: givenByProvider(
    {
      pattern: /^[0-9a-f]{32}$/,
      words: "the account's Auth Token, 32 hex digits, not its SID (AC…) or an API key (SK…)",
    },
    (bytes) => Buffer.from(bytes.subarray(0, 16)).toString("hex"),
  ),
  steps: (url) => [
    "In Twilio's Console: Account Info, Auth Token. Make the source again with the same slug and that secret.",
    `Then, at the phone number or messaging service, "a message comes in" or status callback: Webhook ${url}, HTTP POST.`,
  ],
  needsJson: false,

  verify(request, { secrets, url }) {
    const text = header(request.headers, SIGNATURE);
    if (text === undefined) return missing(SIGNATURE, provider);
    const digest = digestIn(text, "base64", "sha1");
    const rest = digest && signedBody(request);
    if (digest === undefined || rest === undefined) return mismatch(SIGNATURE, provider);
    for (const known of withPortAndWithout(url)) {
      const secret = keyOf([digest], secrets, [known, request.query, rest], "sha1");
      if (secret !== undefined) return { kind: "verified", secret };
    }
    return mismatch(SIGNATURE, provider);
  },

  sign: ({ body, url }, secret) => ({
    [SIGNATURE.toLowerCase()]: hmac(secret, [url, fieldsOf(body) ?? ""], "sha1").toString("base64"),
  }),

  eventType(request) {
    const fields = new URLSearchParams(request.payload().text);
    return TYPES.map((name) => fields.get(name)).find((value) => value !== null && value !== "") ?? undefined;
  },
  deliveryId: ({ headers }) => header(headers, "i-twilio-idempotency-token"),

  // To a message or a call the answer is what to do, in TwiML: nothing.
  answer: () => ({ status: 200, content: { type: "text/xml", text: "<Response/>" } }),
};

/** What is signed after the URL; undefined: the body is not signed at all. */
function signedBody({ headers, query, body }: WebhookRequest): string | undefined {
  if (header(headers, "content-type")?.startsWith("application/x-www-form-urlencoded")) return fieldsOf(body);
  const digest = new URLSearchParams(query).get("bodySHA256");
  return digest === createHash("sha256").update(body).digest("hex") ? "" : undefined;
}

/** The fields, sorted by name, each name followed by its value; a value that stands twice counts once. */
function fieldsOf(body: Uint8Array): string | undefined {
  const text = Buffer.from(body).toString("utf8");
  let fields = 0;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    if (++fields >= MOST_FIELDS) return undefined;
  }
  const pairs = [...new URLSearchParams(text)].sort(byNameThenValue);
  return pairs
    .map((pair) => pair.join(""))
    .filter((pair, at, all) => pair !== all[at - 1])
    .join("");
}

const byNameThenValue = ([a, x]: [string, string], [b, y]: [string, string]): number =>
  a === b ? compare(x, y) : compare(a, b);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Twilio writes the standard port into the URL or leaves it out, as it likes. */
function withPortAndWithout(url: string): string[] {
  const [, scheme = "", host = "", port, rest = ""] =
    /^(https?):\/\/([^/?#]*?)(:\d+)?(\/.*)?$/.exec(url) ?? [];
  const standard = scheme === "https" ? ":443" : ":80";
  if (scheme === "" || (port !== undefined && port !== standard)) return [url];
  return [`${scheme}://${host}${rest}`, `${scheme}://${host}${standard}${rest}`];
}
