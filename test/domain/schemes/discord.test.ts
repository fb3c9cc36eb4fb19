import { expect, test } from "vitest";
import { proves, publicOf, signatureOf } from "../../../src/domain/schemes/ed25519.ts";
import { event, greeting, keys, outcome, signed, typeAndId } from "./asked.ts";

const name = "discord";
const json = (body: object) => signed({ name, body: JSON.stringify(body) });

test("Ed25519 is that of RFC 8032: its third test", () => {
  // https://www.rfc-editor.org/rfc/rfc8032#section-7.1; Discord publishes no example.
  const [seed, key, message, signature] = [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    Buffer.from("af82", "hex"),
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ];
  expect(publicOf(seed)).toBe(key);
  expect(signatureOf(message, seed)).toBe(signature);
  expect(proves(signature, message, key)).toBe(true);
  expect(proves(signature, Buffer.from("af83", "hex"), key)).toBe(false);
});

test("what the source keeps can't sign", () => {
  expect(keys(name).given).not.toBe(keys(name).signing);
  expect(outcome(signed({ name, signing: keys(name).given }))).toBe("bad_signature");
});

test("the ping of webhook events is answered 204, that of interactions with its type; neither is an event", () => {
  expect(greeting(json({ version: 1, application_id: "1", type: 0 }))).toEqual({
    status: 204,
    content: "empty",
  });
  expect(greeting(json({ id: "1", application_id: "1", type: 1, token: "t" }))).toEqual({
    status: 200,
    content: { type: "application/json", text: '{"type":1}' },
  });
});

test("a webhook event is answered 204, an interaction 202 without a body", () => {
  const authorized = json({ type: 1, event: { type: "APPLICATION_AUTHORIZED", data: {} } });
  expect(typeAndId(authorized)).toEqual(["APPLICATION_AUTHORIZED", null]);
  expect(event(authorized).answer).toEqual({ status: 204, content: "empty" });
  const command = json({ id: "7", type: 2, data: { name: "deploy" } });
  expect(typeAndId(command)).toEqual(["interaction.application_command", null]);
  expect(event(command).answer).toEqual({ status: 202, content: "empty" });
  expect(typeAndId(json({ type: 99 }))).toEqual(["unknown", null]);
});
