import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { outcome, signed, typeAndId } from "./asked.ts";

const name = "pagerduty";
const v1 = (secret: string) => `v1=${createHmac("sha256", secret).update("{}").digest("hex")}`;
const sent = (text: string) =>
  outcome({ name, headers: { "x-pagerduty-signature": text }, secrets: ["hush"] });

test("the steps of PagerDuty's documentation are taken: one of the signatures, each after v1=", () => {
  // https://docs.pagerduty.com/developer/verifying-webhook-signatures; its example has no secret.
  expect(sent(v1("hush"))).toBe("event");
  expect(sent(`${v1("old")},${v1("hush")}`)).toBe("event");
  expect(sent(`${v1("old")},${v1("older")}`)).toBe("bad_signature");
  expect(sent(v1("hush").replace("v1=", "v0="))).toBe("bad_signature");
});

test("of so many signatures that nobody rotates them only the first are looked at", () => {
  expect(sent(`${`${v1("other")},`.repeat(16)}${v1("hush")}`)).toBe("bad_signature");
});

test("type and delivery id stand in the event", () => {
  const body = '{"event":{"id":"5ac64822","event_type":"incident.triggered"}}';
  expect(typeAndId(signed({ name, body }))).toEqual(["incident.triggered", "5ac64822"]);
});
