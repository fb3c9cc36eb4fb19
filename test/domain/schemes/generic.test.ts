import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { outcome, signed, typeAndId } from "./asked.ts";

const name = "generic";
const hex = createHmac("sha256", "own").update("{}").digest("hex");
const sent = (headers: Record<string, string>, options = {}) =>
  outcome({ name, headers, secrets: ["own"], options });

test("three headers are read, with or without sha256=, in either case of letters", () => {
  for (const header of ["x-signature", "x-webhook-signature", "x-hub-signature-256"]) {
    for (const value of [hex, `sha256=${hex}`, hex.toUpperCase()]) {
      expect(sent({ [header]: value }), `${header}: ${value}`).toBe("event");
    }
    expect(sent({ [header]: `sha1=${hex}` })).toBe("bad_signature");
  }
});

test("a source that names its header has it there, and nowhere else", () => {
  const options = { signatureHeader: "X-Acme-Proof" };
  expect(sent({ "x-acme-proof": hex }, options)).toBe("event");
  expect(sent({ "x-signature": hex }, options)).toBe("missing_signature");
});

test("the delivery id is a header of the sender's, or the one that the source names; never a request id", () => {
  const asked = signed({ name });
  const idOf = (headers: Record<string, string>, options = {}) =>
    typeAndId({ ...asked, headers: { ...asked.headers, ...headers }, options })[1];
  expect(idOf({ "x-delivery-id": "d1", "idempotency-key": "k1" })).toBe("d1");
  expect(idOf({ "idempotency-key": "k1" })).toBe("k1");
  expect(idOf({ "x-request-id": "r1" })).toBeNull();
  expect(idOf({ "x-request-id": "r1", "x-delivery-id": "d1" }, { deliveryHeader: "X-Request-Id" })).toBe(
    "r1",
  );
});

test("the type is the header's, else the body's", () => {
  const typeOf = (body: string, headers = {}) => typeAndId(signed({ name, body, headers }))[0];
  expect(typeOf('{"type":"a","event":"b"}', { "x-event-type": "c" })).toBe("c");
  expect(typeOf('{"type":"a","event":"b"}')).toBe("a");
  expect(typeOf('{"event":"b"}')).toBe("b");
  expect(typeOf("plain")).toBe("unknown");
});
