import { expect, test } from "vitest";
import { outcome, signed, typeAndId } from "./asked.ts";

const name = "telegram";

test("the token is the secret, whole and alone", () => {
  // https://core.telegram.org/bots/api#setwebhook
  const sent = (text: string) =>
    outcome({ name, headers: { "x-telegram-bot-api-secret-token": text }, secrets: ["t0ken"] });
  expect(sent("t0ken")).toBe("event");
  for (const wrong of ["t0ke", "t0kenn", "T0KEN", ""]) expect(sent(wrong)).toBe("bad_signature");
});

test("the type is the update's kind, the delivery id the update's", () => {
  const kinds = ['{"update_id":7,"message":{}}', '{"callback_query":{},"update_id":7}'];
  expect(kinds.map((body) => typeAndId(signed({ name, body })))).toEqual([
    ["message", "7"],
    ["callback_query", "7"],
  ]);
  for (const body of ["[]", "7", '"text"', "null", "no JSON"]) {
    expect(typeAndId(signed({ name, body }))).toEqual(["unknown", null]);
  }
});
