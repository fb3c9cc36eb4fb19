/** Verification: the providers' own examples, and what a stranger may try. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Headers, webhookRequest } from "../../src/domain/payload.ts";
import { receive, type Scheme, schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES } from "../../src/domain/source.ts";

const NOW = 1_700_000_000_000;
const SECRET = "whsec_or_anything";
const bytes = (text: string) => new TextEncoder().encode(text);
const request = (headers: Headers, body: string | Uint8Array = "{}") =>
  webhookRequest(headers, typeof body === "string" ? bytes(body) : body);
const verify = (
  scheme: Scheme,
  headers: Headers,
  body: string | Uint8Array = "{}",
  secrets = [SECRET],
  now = NOW,
) => scheme.verify(request(headers, body), secrets, now);
const codeOf = (...args: Parameters<typeof verify>) => {
  const outcome = verify(...args);
  return outcome.kind === "refused" ? outcome.code : outcome.kind;
};

const signing = SCHEMES.filter((name) => name !== "none").map((name) => schemes[name]);

describe.each(signing.map((scheme) => ({ name: scheme.name, scheme })))("$name", ({ scheme }) => {
  const body = fc.uint8Array({ maxLength: 300 });
  const secret = fc.string({ minLength: 1, maxLength: 60 });
  const clock = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });

  test("what it signs it verifies, under any of the source's secrets", () => {
    fc.assert(
      fc.property(
        body,
        secret,
        fc.array(secret, { maxLength: 3 }),
        clock,
        fc.nat(3),
        (raw, own, others, now, place) => {
          const secrets = others.toSpliced(place, 0, own);
          expect(verify(scheme, scheme.sign(raw, own, now), raw, secrets, now)).toEqual({ kind: "verified" });
        },
      ),
    );
  });

  test("one bit changed in the body is refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(7), (raw, at, bit) => {
        const changed = raw.slice();
        const index = at % raw.length;
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(codeOf(scheme, scheme.sign(raw, SECRET, NOW), changed)).toBe("bad_signature");
      }),
    );
  });

  test("one hex digit changed in the signature is refused", () => {
    const headers = Object.entries(scheme.sign(bytes("{}"), SECRET, NOW));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 15 }), (fromEnd, by) => {
        const forged = headers.map(([name, value]) => {
          const at = value.length - fromEnd;
          const digit = (Number.parseInt(value.charAt(at), 16) ^ by).toString(16);
          return [name, value.slice(0, at) + digit + value.slice(at + 1)];
        });
        expect(codeOf(scheme, Object.fromEntries(forged))).toBe("bad_signature");
      }),
    );
  });

  test("another secret's signature is refused, and the refusal tells no secret and no payload", () => {
    const outcome = verify(scheme, scheme.sign(bytes("hush"), "another-secret", NOW), "hush");
    expect(outcome).toMatchObject({ kind: "refused", status: 401, code: "bad_signature" });
    expect(JSON.stringify(outcome)).not.toMatch(/hush|another-secret|whsec_or_anything/);
  });

  test("hostile header values are refused and never thrown at", () => {
    const names = [...Object.keys(scheme.sign(bytes(""), SECRET, NOW)), "content-type", "__proto__"];
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.constantFrom(
        "",
        "sha256=",
        "sha256",
        "t=,v1=",
        "t=1,v1=00",
        "t=1e9,v1=",
        ",".repeat(9_999),
        "v1=".repeat(500),
        `sha256=${"0".repeat(64)}`,
        `t=${"9".repeat(400)},v1=${"0".repeat(64)}`,
      ),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), value)), fc.uint8Array(), (headers, raw) => {
        expect(verify(scheme, Object.fromEntries(headers), raw).kind).toBe("refused");
      }),
    );
  });

  test("without a signature, or without a secret, nothing is accepted", () => {
    expect(codeOf(scheme, {})).toBe("missing_signature");
    expect(codeOf(scheme, scheme.sign(bytes("{}"), SECRET, NOW), "{}", [])).toBe("no_secret");
  });

  test("a body that is not verified is never parsed", () => {
    const opened: string[] = [];
    const spied = {
      ...request({}),
      payload: () => {
        opened.push("payload");
        return { contentType: "", text: "", json: undefined };
      },
      json: () => {
        opened.push("json");
        return undefined;
      },
    };
    expect(receive(scheme, spied, { secrets: [SECRET], eventType: { body: "type" } }, NOW).kind).toBe(
      "refused",
    );
    expect(opened).toEqual([]);
  });
});

test("github: the example of GitHub's documentation", () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const headers = {
    "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  };
  expect(verify(schemes.github, headers, "Hello, World!", ["It's a Secret to Everybody"])).toEqual({
    kind: "verified",
  });
  expect(schemes.github.sign(bytes("Hello, World!"), "It's a Secret to Everybody", NOW)).toEqual(headers);
});

test("github: a digest without its prefix, or of SHA-1, is refused", () => {
  const [signature = ""] = Object.values(schemes.github.sign(bytes("{}"), SECRET, NOW));
  expect(codeOf(schemes.github, { "x-hub-signature-256": signature.slice(7) })).toBe("bad_signature");
  expect(codeOf(schemes.github, { "x-hub-signature": signature })).toBe("missing_signature");
});

test("github: a ping is answered and not queued, but only a signed one", () => {
  const ping = { "x-github-event": "ping", ...schemes.github.sign(bytes("{}"), SECRET, NOW) };
  const source = { secrets: [SECRET], eventType: null };
  expect(receive(schemes.github, request(ping), source, NOW)).toEqual({ kind: "handshake" });
  expect(receive(schemes.github, request({ "x-github-event": "ping" }), source, NOW).kind).toBe("refused");
});

test("github: type and delivery id come from the headers and the body's action, in a form too", () => {
  const form = `payload=${encodeURIComponent('{"action":"opened","number":7}')}`;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-github-event": "pull_request",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    ...schemes.github.sign(bytes(form), SECRET, NOW),
  };
  expect(
    receive(schemes.github, request(headers, form), { secrets: [SECRET], eventType: null }, NOW),
  ).toEqual({
    kind: "event",
    type: "pull_request.opened",
    deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    verifiedBy: "github",
    contentType: "application/json",
    payload: '{"action":"opened","number":7}',
  });
});

const stripeHeader = (body: string, at: number | string, secret = SECRET) =>
  `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;

test("stripe: the steps of Stripe's documentation, with the header that it shows", () => {
  // https://docs.stripe.com/webhooks/signature: timestamp, a dot and the raw body; other versions than v1 are ignored.
  const seconds = 1_492_774_577;
  const v0 = "6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";
  const headers = { "stripe-signature": `${stripeHeader("{}", seconds)},v0=${v0}` };
  expect(codeOf(schemes.stripe, headers, "{}", [SECRET], seconds * 1000)).toBe("verified");
  expect(
    codeOf(schemes.stripe, { "stripe-signature": `t=${seconds},v0=${v0}` }, "{}", [SECRET], seconds * 1000),
  ).toBe("bad_signature");
});

test("stripe: any one of several v1 is enough, as while a secret is rolled", () => {
  const seconds = NOW / 1000;
  const old = stripeHeader("{}", seconds, "old");
  const both = `${old},${stripeHeader("{}", seconds).split(",")[1]}`;
  expect(codeOf(schemes.stripe, { "stripe-signature": both })).toBe("verified");
  expect(codeOf(schemes.stripe, { "stripe-signature": both }, "{}", ["third"])).toBe("bad_signature");
});

test("stripe: a timestamp more than 300 s before or after the server's time is refused", () => {
  const at = (offset: number) =>
    codeOf(schemes.stripe, { "stripe-signature": stripeHeader("{}", NOW / 1000 + offset) });
  expect([-300, 300].map(at)).toEqual(["verified", "verified"]);
  expect([-301, 301].map(at)).toEqual(["stale_timestamp", "stale_timestamp"]);
});

test("stripe: two timestamps, or one that is no number, are refused", () => {
  const seconds = NOW / 1000;
  for (const text of [
    `t=${seconds},${stripeHeader("{}", seconds)}`,
    stripeHeader("{}", "1e9"),
    stripeHeader("{}", ""),
    stripeHeader("{}", "-5"),
  ]) {
    expect(codeOf(schemes.stripe, { "stripe-signature": text }), text).toBe("bad_signature");
  }
});

test("stripe: a signed body that is not JSON is a bad request", () => {
  const received = receive(
    schemes.stripe,
    request(schemes.stripe.sign(bytes("{oops"), SECRET, NOW), "{oops"),
    { secrets: [SECRET], eventType: null },
    NOW,
  );
  expect(received).toMatchObject({ kind: "refused", status: 400, code: "bad_json" });
});

test("generic: three headers, with or without sha256=, in either case of letters", () => {
  const hex = createHmac("sha256", SECRET).update("{}").digest("hex");
  for (const name of ["x-signature", "x-webhook-signature", "x-hub-signature-256"]) {
    for (const value of [hex, `sha256=${hex}`, hex.toUpperCase()]) {
      expect(codeOf(schemes.generic, { [name]: value }), `${name}: ${value}`).toBe("verified");
    }
    expect(codeOf(schemes.generic, { [name]: `sha1=${hex}` })).toBe("bad_signature");
  }
});

test("generic and none: the delivery id is a header of the sender's, never a request id", () => {
  for (const scheme of [schemes.generic, schemes.none]) {
    expect(scheme.deliveryId(request({ "x-delivery-id": "d1", "idempotency-key": "k1" }))).toBe("d1");
    expect(scheme.deliveryId(request({ "idempotency-key": "k1" }))).toBe("k1");
    expect(scheme.deliveryId(request({ "x-request-id": "r1" }))).toBeUndefined();
  }
});

test("none: everything is accepted, and nobody vouches for it", () => {
  expect(verify(schemes.none, {}, "anything", [])).toEqual({ kind: "unverified" });
  const received = receive(schemes.none, request({}, "anything"), { secrets: [], eventType: null }, NOW);
  expect(received).toMatchObject({
    kind: "event",
    verifiedBy: null,
    type: "unknown",
    contentType: "text/plain",
    payload: "anything",
  });
});

test("where the provider makes the secret, the scheme says where to find it", () => {
  expect(Object.values(schemes).map(({ name, secret }) => [name, secret.kind])).toEqual([
    ["github", "owner"],
    ["stripe", "provider"],
    ["generic", "owner"],
    ["none", "none"],
  ]);
  expect(schemes.stripe.secret).toMatchObject({ whereToFind: expect.stringMatching(/whsec_/) });
});
