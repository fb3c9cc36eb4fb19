import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { outcome, received, SECONDS, signed, typeAndId } from "./asked.ts";

const name = "stripe";
const SECRET = "whsec_own";

const headerOf = (body: string, at: number | string, secret = SECRET) =>
  `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
const sent = (text: string, now = SECONDS * 1000) =>
  outcome({ name, headers: { "stripe-signature": text }, secrets: [SECRET], now });

test("the steps of Stripe's documentation are taken, with the header that it shows", () => {
  // https://docs.stripe.com/webhooks/signature: timestamp, a dot and the raw body; other versions than v1 are ignored.
  const seconds = 1_492_774_577;
  const v0 = "6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";
  expect(sent(`${headerOf("{}", seconds)},v0=${v0}`, seconds * 1000)).toBe("event");
  expect(sent(`t=${seconds},v0=${v0}`, seconds * 1000)).toBe("bad_signature");
});

test("any one of several v1 is enough, as while a secret is rolled", () => {
  const both = `${headerOf("{}", SECONDS, "old")},${headerOf("{}", SECONDS).split(",")[1]}`;
  expect(sent(both)).toBe("event");
  expect(outcome({ name, headers: { "stripe-signature": both }, secrets: ["third"] })).toBe("bad_signature");
});

test("two timestamps, or one that is no number, are refused", () => {
  for (const text of [
    `t=${SECONDS},${headerOf("{}", SECONDS)}`,
    headerOf("{}", "1e9"),
    headerOf("{}", ""),
    headerOf("{}", "-5"),
  ]) {
    expect(sent(text), text).toBe("bad_signature");
  }
});

test("a signed body that is not JSON is a bad request", () => {
  const became = received(signed({ name, body: "{oops" }));
  expect(became).toMatchObject({ kind: "refused", status: 400, code: "bad_json" });
});

test("type and delivery id stand in the body", () => {
  expect(typeAndId(signed({ name, body: '{"id":"evt_1","type":"charge.failed"}' }))).toEqual([
    "charge.failed",
    "evt_1",
  ]);
});
