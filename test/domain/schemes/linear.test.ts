import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { event, NOW, outcome, signed, typeAndId } from "./asked.ts";

const name = "linear";
const json = (body: object, headers = {}) => signed({ name, headers, body: JSON.stringify(body) });

test("the steps of Linear's documentation are taken: the body's HMAC in hex", () => {
  // https://linear.app/developers/webhooks#securing-webhooks; it has no example with a secret.
  const body = JSON.stringify({ action: "create", webhookTimestamp: NOW });
  const headers = { "linear-signature": createHmac("sha256", "lin_wh_1").update(body).digest("hex") };
  expect(outcome({ name, headers, body, secrets: ["lin_wh_1"] })).toBe("event");
});

test.each([{}, { webhookTimestamp: String(NOW) }, { webhookTimestamp: null }])(
  "a signed body that doesn't say when it was sent is refused: %j",
  (body) => {
    expect(outcome(json(body))).toBe("stale_timestamp");
  },
);

test("type and delivery id are told, and 200 is answered", () => {
  const asked = json(
    { type: "Issue", action: "create", webhookTimestamp: NOW },
    { "linear-delivery": "234d1a4e-b617-4388-90fe-adc3633d6b72" },
  );
  expect(typeAndId(asked)).toEqual(["Issue.create", "234d1a4e-b617-4388-90fe-adc3633d6b72"]);
  expect(event(asked).answer).toEqual({ status: 200, content: "ours" });
});
