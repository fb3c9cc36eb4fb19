import { expect, test } from "vitest";
import { schemes } from "../../../src/domain/schemes/index.ts";
import { bytes, keys, outcome, signed, typeAndId, URL } from "./asked.ts";

const name = "standard";
// Of Svix's documentation and libraries: https://docs.svix.com/receiving/verifying-payloads/how
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const SENT_AT = 1_614_265_330;
const BODY = '{"test": 2432232314}';

const example = (brand: string, signature = SIGNATURE) =>
  outcome({
    name,
    headers: {
      [`${brand}-id`]: ID,
      [`${brand}-timestamp`]: String(SENT_AT),
      [`${brand}-signature`]: signature,
    },
    body: BODY,
    secrets: [SECRET],
    now: SENT_AT * 1000,
  });

test("the published example is verified, under the standard's names of the headers and under Svix's", () => {
  expect([example("webhook"), example("svix")]).toEqual(["event", "event"]);
});

test("the published example is what is signed", () => {
  const unsigned = { headers: { "webhook-id": ID }, body: bytes(BODY), url: URL };
  expect(schemes.standard.sign(unsigned, SECRET, SENT_AT * 1000)).toEqual({
    "webhook-id": ID,
    "webhook-timestamp": String(SENT_AT),
    "webhook-signature": SIGNATURE,
  });
});

test("any one of several signatures is enough; those of other versions are none", () => {
  const other = `v1,${"A".repeat(43)}=`;
  expect(example("webhook", `v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw== ${other} ${SIGNATURE}`)).toBe("event");
  expect(example("webhook", SIGNATURE.replace("v1,", "v1a,"))).toBe("bad_signature");
  expect(example("webhook", SIGNATURE.slice(3))).toBe("bad_signature");
});

test("the headers of two brands are not mixed", () => {
  const asked = signed({ name });
  const { "webhook-id": id, ...rest } = asked.headers ?? {};
  expect(outcome({ ...asked, headers: { ...rest, "svix-id": id } })).toBe("bad_signature");
});

test("the key is what the base64 stands for; a secret that is none of that kind proves nothing", () => {
  const asked = signed({ name });
  expect(outcome({ ...asked, secrets: ["not base64 at all", keys(name).given] })).toBe("event");
  expect(outcome({ ...asked, secrets: [keys(name).given.slice("whsec_".length)] })).toBe("bad_signature");
});

test("the type stands in the body, the delivery id is the message's", () => {
  const asked = signed({ name, headers: { "webhook-id": "msg_1" }, body: '{"type":"user.created"}' });
  expect(typeAndId(asked)).toEqual(["user.created", "msg_1"]);
});
