import fc from "fast-check";
import { expect, test } from "vitest";
import { type Headers, webhookRequest } from "../../src/domain/payload.ts";
import { character } from "./characters.ts";

const payloadOf = (contentType: string | undefined, body: string) =>
  webhookRequest(
    contentType === undefined ? {} : { "content-type": contentType },
    new TextEncoder().encode(body),
  ).payload();

test("JSON is JSON, whatever parameters, suffix or mistake its media type has", () => {
  for (const type of [
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/cloudevents+json",
    "text/plain",
    undefined,
    "application/x-www-form-urlencoded",
  ]) {
    expect(payloadOf(type, '{"a":1}'), type).toEqual({
      contentType: "application/json",
      text: '{"a":1}',
      json: { a: 1 },
    });
  }
});

test("what only says that it is JSON is text", () => {
  expect(payloadOf("application/json", "{oops")).toEqual({
    contentType: "text/plain",
    text: "{oops",
    json: undefined,
  });
  expect(payloadOf("application/json", "")).toEqual({ contentType: "text/plain", text: "", json: undefined });
});

test("any other text keeps its media type, and loses one that is none", () => {
  expect(payloadOf("text/xml; charset=utf-8", "<a/>").contentType).toBe("text/xml");
  for (const bad of ["<script>", "text", "text/pl ain", "a/b/c", `text/${"x".repeat(99)}`]) {
    expect(payloadOf(bad, "x").contentType, bad).toBe("text/plain");
  }
});

test("a form's field `payload` is the payload if it is JSON, else the form is", () => {
  const form = "application/x-www-form-urlencoded";
  expect(payloadOf(form, "payload=%7B%22a%22%3A%22%C3%A9+1%22%7D")).toMatchObject({
    contentType: "application/json",
    text: '{"a":"é 1"}',
  });
  expect(payloadOf(form, "payload=hello&x=1")).toEqual({
    contentType: form,
    text: "payload=hello&x=1",
    json: undefined,
  });
});

test("any bytes under any headers are some payload; reading it never throws and reads once", () => {
  const value = fc.oneof(
    fc.string({ unit: character }),
    fc.constantFrom("application/json", "application/x-www-form-urlencoded"),
  );
  fc.assert(
    fc.property(fc.uint8Array(), value, (body, type) => {
      const headers: Headers = { "content-type": type };
      const request = webhookRequest(headers, body);
      const { contentType, text, json } = request.payload();
      expect(request.payload()).toBe(request.payload());
      expect(contentType).toMatch(/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/);
      if (contentType === "application/json") expect(JSON.parse(text)).toEqual(json);
      else expect(json).toBeUndefined();
    }),
  );
});
