import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { outcome, signed, typeAndId } from "./asked.ts";

const name = "sentry";

test("the steps of Sentry's documentation are taken: the body's HMAC in hex", () => {
  // https://docs.sentry.io/organization/integrations/integration-platform/webhooks/; it has no example with a secret.
  const headers = { "sentry-hook-signature": createHmac("sha256", "hush").update("{}").digest("hex") };
  expect(outcome({ name, headers, secrets: ["hush"] })).toBe("event");
  expect(outcome({ name, headers, body: "{ }", secrets: ["hush"] })).toBe("bad_signature");
});

test("the type is resource and action, the delivery id the request's", () => {
  const headers = { "sentry-hook-resource": "issue", "request-id": "4a2b" };
  expect(typeAndId(signed({ name, headers, body: '{"action":"created"}' }))).toEqual([
    "issue.created",
    "4a2b",
  ]);
  expect(typeAndId(signed({ name, headers }))).toEqual(["issue", "4a2b"]);
});
