import { expect, test } from "vitest";
import { outcome, received, signed, typeAndId } from "./asked.ts";

const name = "bearer";
const sent = (text: string) => outcome({ name, headers: { authorization: text }, secrets: ["t0ken"] });

test("the token is the secret, whole and alone", () => {
  // RFC 6750, 2.1; names of authentication schemes are the same in any case (RFC 9110, 11.1).
  for (const right of ["Bearer t0ken", "bearer t0ken", "Bearer  t0ken"]) expect(sent(right)).toBe("event");
  for (const wrong of ["t0ken", "Bearer", "Bearer t0kenn", "Bearer t0ken x", "Basic t0ken"]) {
    expect(sent(wrong), wrong).toBe("bad_signature");
  }
});

test("who is refused is told what to show", () => {
  expect(received({ name })).toMatchObject({ status: 401, challenge: 'Bearer realm="webhook"' });
});

test("type and delivery id are read where generic has them", () => {
  const headers = { "x-delivery-id": "7" };
  expect(typeAndId(signed({ name, headers, body: '{"type":"deploy.finished"}' }))).toEqual([
    "deploy.finished",
    "7",
  ]);
});
