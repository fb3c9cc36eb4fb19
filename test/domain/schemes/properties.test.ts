/** What holds for every scheme that proves something, whoever its provider is. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { schemes } from "../../../src/domain/schemes/index.ts";
import { SCHEMES, type SchemeName } from "../../../src/domain/source.ts";
import { character } from "../characters.ts";
import { type Asked, bytes, keys, NOW, outcome, received, request, signed, terms } from "./asked.ts";

const proving = SCHEMES.filter((name) => name !== "none");

/** Of these the secret itself is the proof: nothing binds it to a body. */
const TOKENS: readonly SchemeName[] = ["gitlab", "telegram", "bearer", "basic"];
/** Seconds; the others tell no time that is signed. */
const TOLERANCE = { stripe: 300, standard: 300, slack: 300, zoom: 300, discord: 300, linear: 60 } as const;

/** Bodies that the provider could send. */
function bodies(name: SchemeName, now = NOW): fc.Arbitrary<Pick<Asked, "headers" | "body">> {
  const raw = fc.uint8Array({ minLength: 1, maxLength: 200 });
  if (name === "linear") {
    return raw.map((some) => ({
      body: bytes(JSON.stringify({ webhookTimestamp: now, note: Buffer.from(some).toString("base64") })),
    }));
  }
  if (name === "twilio") {
    const word = fc.string({ unit: fc.constantFrom(..."abcXYZ059"), minLength: 1, maxLength: 8 });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return fc
      .dictionary(word, word, { minKeys: 1 })
      .map((fields) => ({ headers, body: bytes(new URLSearchParams(fields).toString()) }));
  }
  return raw.map((body) => ({ body }));
}

describe.each(proving.map((name) => ({ name, scheme: schemes[name] })))("$name", ({ name, scheme }) => {
  const own = bodies(name).map((some) => signed({ name, ...some }));
  const verdict = (asked: Asked, secrets = [keys(name).given], now = NOW) =>
    scheme.verify(request(asked), terms(secrets), now);

  test("what it signs it verifies, and says under which of five secrets", () => {
    fc.assert(
      fc.property(own, fc.nat(4), (asked, place) => {
        const others = ["a", "b", "c", "d"].map((seed) => keys(name, seed).given);
        const secrets = others.toSpliced(place, 0, keys(name).given);
        expect(verdict(asked, secrets)).toEqual({ kind: "verified", secret: place });
      }),
      { numRuns: 50 },
    );
  });

  test.skipIf(TOKENS.includes(name))("one bit changed in the body is refused", () => {
    fc.assert(
      fc.property(own, fc.nat(), fc.nat(7), (asked, at, bit) => {
        const changed = Uint8Array.from(asked.body as Uint8Array);
        const index = at % changed.length;
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(outcome({ ...asked, body: changed })).toBe("bad_signature");
      }),
    );
  });

  test("one character changed in any header that it signs with is refused", () => {
    const character = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(own, fc.nat(), fc.nat(), character, (asked, which, at, other) => {
        const made = Object.keys(
          scheme.sign({ headers: {}, body: bytes("{}"), url: "" }, keys(name).signing, NOW),
        );
        const header = made[which % made.length] ?? "";
        const value = String(asked.headers?.[header]);
        const index = at % value.length;
        // Hex is the same in letters of either case, and so is the word Bearer.
        fc.pre(value.charAt(index).toLowerCase() !== other.toLowerCase());
        const forged = value.slice(0, index) + other + value.slice(index + 1);
        expect(verdict({ ...asked, headers: { ...asked.headers, [header]: forged } }).kind).toBe("refused");
      }),
    );
  });

  test("another secret's signature is refused, and the refusal tells no secret and no payload", () => {
    fc.assert(
      fc.property(bodies(name), (some) => {
        const { signing } = keys(name, "other");
        const asked = signed({ name, ...some, signing });
        const became = received(asked);
        expect(became).toMatchObject({ kind: "refused", status: 401, code: "bad_signature" });
        const told = JSON.stringify(became);
        for (const secret of [signing, keys(name).given, keys(name).signing])
          expect(told).not.toContain(secret);
      }),
      { numRuns: 20 },
    );
  });

  test("hostile header values are refused with 401 and never thrown at", () => {
    const made = scheme.sign({ headers: {}, body: bytes("{}"), url: "" }, keys(name).signing, NOW);
    const names = [...Object.keys(made), "content-type", "__proto__", "svix-signature", "webhook-signature"];
    const value = fc.oneof(
      fc.string({ unit: character, maxLength: 200 }),
      fc.constantFrom(...HOSTILE),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), value)), fc.uint8Array(), (headers, body) => {
        expect(received({ name, headers: Object.fromEntries(headers), body })).toMatchObject({
          kind: "refused",
          status: 401,
        });
      }),
    );
  });

  test("without a signature, or without a secret, nothing is accepted", () => {
    expect(outcome({ name })).toBe("missing_signature");
    expect(outcome({ ...signed({ name }), secrets: [] })).toBe("no_secret");
  });

  test("a secret of another kind in the store verifies nobody, and doesn't throw", () => {
    for (const secrets of [[""], ["\u0000"], ["whsec_"], ["é".repeat(500)]]) {
      expect(outcome({ ...signed({ name }), secrets })).toBe("bad_signature");
    }
  });

  test("a body that is not verified is never parsed", () => {
    const forged = request(signed({ name, signing: keys(name, "other").signing }));
    const payload = vi.fn(forged.payload);
    const json = vi.fn(forged.json);
    expect(scheme.verify({ ...forged, payload, json }, terms([keys(name).given]), NOW).kind).toBe("refused");
    expect([payload.mock.calls, json.mock.calls]).toEqual([[], []]);
  });

  test("a secret that it makes up is of the shape that it takes", () => {
    for (const seed of ["1", "2", "3"])
      expect(keys(name, seed).given).toMatch(scheme.secret.shape?.pattern ?? /./);
  });
});

const HOSTILE = [
  "",
  "sha256=",
  "v0=",
  "v1,",
  "t=,v1=",
  "t=1,v1=00",
  "t=1e9,v1=",
  ",".repeat(9_999),
  " ".repeat(9_999),
  "v1=".repeat(500),
  "v1, ".repeat(500),
  `sha256=${"0".repeat(64)}`,
  "0".repeat(64),
  "0".repeat(128),
  `${"A".repeat(43)}=`,
  `${"A".repeat(27)}=`,
  `t=${"9".repeat(400)},v1=${"0".repeat(64)}`,
  "99999999999999999999",
  "-1",
  "Bearer ",
  "Basic ",
  "Basic Og==",
  `Basic ${"=".repeat(99)}`,
  "é",
];

describe.each(Object.entries(TOLERANCE))("the time that %s signs", (key, tolerance) => {
  const name = key as keyof typeof TOLERANCE;
  const sentAt = (offset: number) => {
    const now = NOW + offset * 1000;
    return outcome({ ...signed({ name, body: JSON.stringify({ webhookTimestamp: now }), now }), now: NOW });
  };

  test(`may be ${tolerance} seconds before or after the server's, and no more`, () => {
    expect([-tolerance, tolerance].map(sentAt)).toEqual(["event", "event"]);
    expect([-tolerance - 1, tolerance + 1].map(sentAt)).toEqual(["stale_timestamp", "stale_timestamp"]);
  });

  test("is believed only where it is signed", () => {
    const { signing } = keys(name, "other");
    const now = NOW - 3_600_000;
    const body = JSON.stringify({ webhookTimestamp: now });
    expect(outcome({ ...signed({ name, body, now, signing }), now: NOW })).toBe("bad_signature");
  });
});
