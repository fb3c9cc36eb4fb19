import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { outcome, signed, typeAndId } from "./asked.ts";

const name = "shopify";

test("the steps of Shopify's documentation are taken: the body's HMAC in base64", () => {
  // https://shopify.dev/docs/apps/build/webhooks/verify-deliveries; it has no example with a secret.
  const digest = createHmac("sha256", "hush").update('{"id":1}').digest();
  const [base64, hex] = [digest.toString("base64"), digest.toString("hex")];
  const sent = (text: string) =>
    outcome({ name, headers: { "x-shopify-hmac-sha256": text }, body: '{"id":1}', secrets: ["hush"] });
  expect(sent(base64)).toBe("event");
  for (const wrong of [hex, base64.slice(0, -1), `${base64}=`, ` ${base64}x`])
    expect(sent(wrong)).toBe("bad_signature");
});

test("type and delivery id stand in the headers", () => {
  const headers = {
    "x-shopify-topic": "orders/create",
    "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
  };
  expect(typeAndId(signed({ name, headers }))).toEqual([
    "orders/create",
    "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
  ]);
});
