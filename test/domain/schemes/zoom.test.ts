import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { event, greeting, NOW, outcome, SECONDS, signed, typeAndId } from "./asked.ts";

const name = "zoom";

test("the steps of Zoom's documentation are taken", () => {
  // https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events; it has no example with a secret.
  const digest = createHmac("sha256", "hush").update(`v0:${SECONDS}:{}`).digest("hex");
  const headers = { "x-zm-signature": `v0=${digest}`, "x-zm-request-timestamp": String(SECONDS) };
  expect(outcome({ name, headers, secrets: ["hush"] })).toBe("event");
  const { "x-zm-request-timestamp": _, ...without } = headers;
  expect(outcome({ name, headers: without, secrets: ["hush"] })).toBe("bad_signature");
});

test("the URL is validated under the secret that signed the question", () => {
  const body = JSON.stringify({
    event: "endpoint.url_validation",
    payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
    event_ts: NOW,
  });
  const { status, content } = greeting(signed({ name, body, signing: "older", secrets: ["newer", "older"] }));
  expect([status, content]).toMatchObject([200, { type: "application/json" }]);
  expect(typeof content === "object" && JSON.parse(content.text)).toEqual({
    plainToken: "qgg8vlvZRS6UYooatFL8Aw",
    encryptedToken: createHmac("sha256", "older").update("qgg8vlvZRS6UYooatFL8Aw").digest("hex"),
  });
});

test("the type stands in the body, and 200 is answered: Zoom counts nothing else but 204", () => {
  const asked = signed({ name, body: '{"event":"meeting.ended"}' });
  expect(typeAndId(asked)).toEqual(["meeting.ended", null]);
  expect(event(asked).answer).toEqual({ status: 200, content: "ours" });
});
