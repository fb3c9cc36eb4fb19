import { expect, test } from "vitest";
import { keys, outcome, signed, typeAndId } from "./asked.ts";

const name = "gitlab";
const WHSEC = keys("standard").given;

test("the token is the secret, whole and alone", () => {
  const sent = (text: string) =>
    outcome({ name, headers: { "x-gitlab-token": text }, secrets: ["old", "t0ken"] });
  expect([sent("t0ken"), sent("old")]).toEqual(["event", "event"]);
  for (const wrong of ["t0ke", "t0ken ", "T0KEN", ""]) expect(sent(wrong)).toBe("bad_signature");
});

test("with a signing token it is signed as Standard Webhooks are", () => {
  const asked = signed({ name, signing: WHSEC, secrets: [WHSEC] });
  expect(asked.headers).toHaveProperty("webhook-signature");
  expect(outcome(asked)).toBe("event");
  expect(outcome({ ...asked, body: "{ }" })).toBe("bad_signature");
  const late = signed({ name, signing: WHSEC, secrets: [WHSEC], now: 1_699_999_000_000 });
  expect(outcome({ ...late, now: 1_700_000_000_000 })).toBe("stale_timestamp");
});

test("who goes from one to the other has both, and either proves it", () => {
  const asked = signed({ name, signing: WHSEC });
  const both = { ...asked, headers: { ...asked.headers, "x-gitlab-token": "t0ken" } };
  for (const secrets of [[WHSEC, "t0ken"], ["t0ken"], [WHSEC]])
    expect(outcome({ ...both, secrets })).toBe("event");
  expect(outcome({ ...both, secrets: ["other"] })).toBe("bad_signature");
});

test.each([
  ["Merge Request Hook", "merge_request"],
  ["Push Hook", "push"],
  ["Tag Push Hook", "tag_push"],
  ["Confidential Issue Hook", "confidential_issue"],
  ["System Hook", "system"],
])("%s is of type %s", (said, type) => {
  expect(typeAndId(signed({ name, headers: { "x-gitlab-event": said } }))[0]).toBe(type);
});

test("the delivery id is the key that stays when GitLab tries again, not the UUID that webhooks share", () => {
  const headers = { "x-gitlab-event-uuid": "shared", "idempotency-key": "f5e57b94" };
  expect(typeAndId(signed({ name, headers }))[1]).toBe("f5e57b94");
  expect(typeAndId(signed({ name, headers: { "x-gitlab-event-uuid": "shared" } }))[1]).toBeNull();
});
