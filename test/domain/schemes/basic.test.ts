import { expect, test } from "vitest";
import { outcome, received, signed, typeAndId } from "./asked.ts";

const name = "basic";
const sent = (text: string, secret = "Aladdin:open sesame") =>
  outcome({ name, headers: { authorization: text }, secrets: [secret] });

test("the example of RFC 7617 is verified", () => {
  // https://www.rfc-editor.org/rfc/rfc7617#section-2, and section 2.1 for what is not ASCII.
  expect(sent("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")).toBe("event");
  expect(sent("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")).toBe("event");
  expect(sent("Basic dGVzdDoxMjPCow==", "test:123£")).toBe("event");
});

test("another name, another password, or what is not base64 of text, is refused", () => {
  for (const wrong of [
    `Basic ${btoa("Aladdin:open")}`,
    `Basic ${btoa("aladdin:open sesame")}`,
    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZR==",
    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ",
    "Basic",
    "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
  ]) {
    expect(sent(wrong), wrong).toBe("bad_signature");
  }
});

test("who is refused is told what to show", () => {
  expect(received({ name })).toMatchObject({
    status: 401,
    challenge: 'Basic realm="webhook", charset="UTF-8"',
  });
});

test("type and delivery id are read where generic has them", () => {
  const headers = { "x-event-type": "deploy.finished", "x-delivery-id": "7" };
  expect(typeAndId(signed({ name, headers }))).toEqual(["deploy.finished", "7"]);
});
