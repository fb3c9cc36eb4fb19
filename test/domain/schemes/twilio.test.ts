import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { schemes } from "../../../src/domain/schemes/index.ts";
import { bytes, event, keys, NOW, outcome, signed, typeAndId, URL } from "./asked.ts";

const name = "twilio";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
// https://www.twilio.com/docs/usage/webhooks/webhooks-security#explore-the-algorithm-yourself
const TOKEN = "12345";
const ADDRESS = "https://mycompany.com/myapp.php";
const QUERY = "?foo=1&bar=2";
const FIELDS = {
  Digits: "1234",
  To: "+18005551212",
  From: "+14158675310",
  Caller: "+14158675310",
  CallSid: "CA1234567890ABCDE",
};
const SIGNATURE = "GvWf1cFY/Q7PnoempGyD5oXAezc=";
const body = new URLSearchParams(FIELDS).toString();
const example = {
  name,
  headers: { ...FORM, "x-twilio-signature": SIGNATURE },
  body,
  query: QUERY,
  url: ADDRESS,
  secrets: [TOKEN],
} as const;

test("the example of Twilio's documentation is verified, and is what is signed", () => {
  expect(outcome(example)).toBe("event");
  const unsigned = { headers: FORM, body: bytes(body), url: ADDRESS + QUERY };
  expect(schemes.twilio.sign(unsigned, TOKEN, NOW)).toEqual({ "x-twilio-signature": SIGNATURE });
});

test("it is the configured URL that counts, whatever host a request names", () => {
  const headers = { ...example.headers, host: "mycompany.com", "x-forwarded-host": "mycompany.com" };
  expect(outcome({ ...example, headers, url: "https://elsewhere.example.org/myapp.php" })).toBe(
    "bad_signature",
  );
  expect(outcome({ ...example, headers: { ...headers, host: "elsewhere.example.org" } })).toBe("event");
  expect(outcome({ ...example, query: "?foo=1&bar=3" })).toBe("bad_signature");
});

test("the standard port may be in the signed URL or not; another may not be left out", () => {
  const under = (signing: string, url: string) =>
    outcome({ ...signed({ name, headers: FORM, body, url: signing }), url });
  expect(under("https://a.example:443/x", "https://a.example/x")).toBe("event");
  expect(under("https://a.example/x", "https://a.example:443/x")).toBe("event");
  expect(under("http://a.example:80/x", "http://a.example/x")).toBe("event");
  expect(under("https://a.example:8443/x", "https://a.example:8443/x")).toBe("event");
  expect(under("https://a.example/x", "https://a.example:8443/x")).toBe("bad_signature");
  expect(under("https://a.example:80/x", "https://a.example/x")).toBe("bad_signature");
});

test("fields are sorted by name; one that comes twice counts for each of its values", () => {
  const digest = createHmac("sha1", keys(name).given).update(`${URL}A1B2B3a4`).digest("base64");
  const headers = { ...FORM, "x-twilio-signature": digest };
  for (const sent of ["a=4&B=3&A=1&B=2", "B=2&B=3&B=2&A=1&a=4"]) {
    expect(outcome({ name, headers, body: sent }), sent).toBe("event");
  }
});

test("a body that is no form is signed by its digest in the query", () => {
  const json = '{"type":"x"}';
  const query = `?bodySHA256=${createHash("sha256").update(json).digest("hex")}`;
  const digest = createHmac("sha1", keys(name).given)
    .update(URL + query)
    .digest("base64");
  const asked = {
    name,
    headers: { "content-type": "application/json", "x-twilio-signature": digest },
    query,
  } as const;
  expect(outcome({ ...asked, body: json })).toBe("event");
  expect(outcome({ ...asked, body: '{"type":"y"}' })).toBe("bad_signature");
  const bare = createHmac("sha1", keys(name).given).update(URL).digest("base64");
  expect(outcome({ name, headers: { "x-twilio-signature": bare }, body: json })).toBe("bad_signature");
});

test("a form of more fields than Twilio ever sends is not sorted, not even to find that it is right", () => {
  const digest = createHmac("sha1", keys(name).given).update(`${URL}a1`).digest("base64");
  const of = (fields: number) =>
    outcome({ name, headers: { ...FORM, "x-twilio-signature": digest }, body: "a=1&".repeat(fields) });
  expect(of(999)).toBe("event");
  expect([of(1_000), of(250_000)]).toEqual(["bad_signature", "bad_signature"]);
});

test("type and delivery id are told, and the answer is TwiML that does nothing", () => {
  const headers = { ...FORM, "i-twilio-idempotency-token": "4f1b" };
  const asked = signed({ name, headers, body: "SmsStatus=received&Body=hello" });
  expect(typeAndId(asked)).toEqual(["received", "4f1b"]);
  expect(event(asked).answer).toEqual({ status: 200, content: { type: "text/xml", text: "<Response/>" } });
  expect(typeAndId(signed({ name, headers: FORM, body: "CallStatus=ringing" }))).toEqual(["ringing", null]);
});
