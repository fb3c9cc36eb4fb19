import { expect, test } from "vitest";
import { schemes } from "../../../src/domain/schemes/index.ts";
import { bytes, event, greeting, NOW, outcome, signed, URL } from "./asked.ts";

const name = "github";

test("the example of GitHub's documentation is verified, and is what is signed", () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const headers = {
    "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  };
  const secret = "It's a Secret to Everybody";
  expect(outcome({ name, headers, body: "Hello, World!", secrets: [secret] })).toBe("event");
  const unsigned = { headers: {}, body: bytes("Hello, World!"), url: URL };
  expect(schemes.github.sign(unsigned, secret, NOW)).toEqual(headers);
});

test("a digest without its prefix, or of SHA-1, is refused", () => {
  const signature = String(signed({ name }).headers?.["x-hub-signature-256"]);
  expect(outcome({ name, headers: { "x-hub-signature-256": signature.slice(7) } })).toBe("bad_signature");
  expect(outcome({ name, headers: { "x-hub-signature": signature } })).toBe("missing_signature");
});

test("a ping is answered and not queued, but only a signed one", () => {
  const headers = { "x-github-event": "ping" };
  expect(greeting(signed({ name, headers }))).toEqual({ status: 202, content: "ours" });
  expect(outcome({ name, headers })).toBe("missing_signature");
});

test("type and delivery id come from the headers and the body's action, in a form too", () => {
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-github-event": "pull_request",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  };
  const body = `payload=${encodeURIComponent('{"action":"opened","number":7}')}`;
  expect(event(signed({ name, headers, body }))).toEqual({
    kind: "event",
    type: "pull_request.opened",
    deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    verifiedBy: "github",
    contentType: "application/json",
    payload: '{"action":"opened","number":7}',
    answer: { status: 202, content: "ours" },
  });
});
