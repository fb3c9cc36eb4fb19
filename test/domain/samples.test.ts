/** Samples take the same way in as a provider's requests: signed by the scheme, verified by it, typed and routed. */
import { expect, test } from "vitest";
import { webhookRequest } from "../../src/domain/payload.ts";
import { sampleTypes, sampleWebhook } from "../../src/domain/samples/sample.ts";
import { keysOf, receive, schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES, type SchemeName } from "../../src/domain/source.ts";

const NOW = 1_700_000_000_000;
const URL = "https://box.example.org/webhook/p_1/source";
const options = { secret: "s3cret", nowMs: NOW, seed: "1", url: URL };
const keys = (scheme: SchemeName) => keysOf(schemes[scheme].secret, Buffer.alloc(32, 7));
const terms = (scheme: SchemeName) => ({
  secrets: [keys(scheme).given],
  url: URL,
  options: null,
  eventType: null,
});
/** Whose webhooks have no id: each is a delivery of its own. */
const WITHOUT_ID: readonly SchemeName[] = ["discord", "zoom"];

const all = SCHEMES.flatMap((scheme) => sampleTypes(scheme).map((type) => [scheme, type] as const));

function made(scheme: SchemeName, type: string, seed = "1") {
  const sample = sampleWebhook(scheme, type, { ...options, seed, secret: keys(scheme).signing });
  if (sample.kind !== "sample") throw new Error(`no sample ${scheme} ${type}`);
  return sample;
}

test.each(all)("%s %s is accepted by its scheme as what it says it is", (scheme, type) => {
  const { headers, body } = made(scheme, type);
  const received = receive(schemes[scheme], webhookRequest(headers, body), terms(scheme), NOW);
  expect(received).toMatchObject({
    kind: "event",
    type,
    verifiedBy: scheme === "none" ? null : scheme,
    contentType: scheme === "twilio" ? "application/x-www-form-urlencoded" : "application/json",
    deliveryId: WITHOUT_ID.includes(scheme) ? null : expect.any(String),
  });
});

test("the same seed makes the same request, another seed another delivery", () => {
  for (const [scheme, type] of all) {
    if (WITHOUT_ID.includes(scheme)) continue;
    expect(made(scheme, type)).toEqual(made(scheme, type));
    const idOf = (seed: string) => {
      const { headers, body } = made(scheme, type, seed);
      return schemes[scheme].deliveryId(webhookRequest(headers, body), terms(scheme));
    };
    expect(idOf("1")).not.toBe(idOf("2"));
  }
});

test("every scheme has one", () => {
  for (const scheme of SCHEMES) expect(sampleTypes(scheme).length, scheme).toBeGreaterThan(0);
});

test("an unknown type is answered with the known ones, also one that every object has", () => {
  for (const type of ["nonsense", "constructor", "__proto__"]) {
    expect(sampleWebhook("stripe", type, options)).toEqual({
      kind: "unknown_type",
      known: sampleTypes("stripe"),
    });
  }
  expect(sampleTypes("github")).toContain("pull_request.opened");
});
