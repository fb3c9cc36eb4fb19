/** Samples take the same way in as a provider's requests: signed by the scheme, verified by it, typed and routed. */
import { expect, test } from "vitest";
import { webhookRequest } from "../../src/domain/payload.ts";
import { sampleTypes, sampleWebhook } from "../../src/domain/samples/sample.ts";
import { receive, schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES } from "../../src/domain/source.ts";

const NOW = 1_700_000_000_000;
const options = { secret: "s3cret", nowMs: NOW, seed: "1" };
const source = { secrets: ["s3cret"], eventType: null };

const all = SCHEMES.flatMap((scheme) => sampleTypes(scheme).map((type) => [scheme, type] as const));

function made(scheme: (typeof SCHEMES)[number], type: string, seed = "1") {
  const sample = sampleWebhook(scheme, type, { ...options, seed });
  if (sample.kind !== "sample") throw new Error(`no sample ${scheme} ${type}`);
  return sample;
}

test.each(all)("%s %s is accepted by its scheme as what it says it is", (scheme, type) => {
  const { headers, body } = made(scheme, type);
  const received = receive(schemes[scheme], webhookRequest(headers, body), source, NOW);
  expect(received).toMatchObject({
    kind: "event",
    type,
    verifiedBy: scheme === "none" ? null : scheme,
    contentType: "application/json",
    deliveryId: expect.any(String),
  });
});

test("the same seed makes the same request, another seed another delivery", () => {
  for (const [scheme, type] of all) {
    expect(made(scheme, type)).toEqual(made(scheme, type));
    const idOf = (seed: string) => {
      const { headers, body } = made(scheme, type, seed);
      return schemes[scheme].deliveryId(webhookRequest(headers, body));
    };
    expect(idOf("1")).not.toBe(idOf("2"));
  }
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
