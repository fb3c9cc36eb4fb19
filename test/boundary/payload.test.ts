/** Payloads never leave the boundary of what Claude reads (promise 12): whole, cut, and in pages of any place. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AGAIN } from "../../src/domain/machines/event-words.ts";
import { parseJson } from "../../src/domain/payload.ts";
import { shown } from "../../src/domain/reading/escape.ts";
import { EXCERPT_CHARS } from "../../src/domain/reading/excerpt.ts";
import { drawMarker } from "../../src/domain/reading/marker.ts";
import { payloadPage } from "../../src/domain/reading/payload-page.ts";
import { renderEvent } from "../../src/domain/reading/render.ts";
import { MARKER } from "../domain/hostile.ts";
import { content, context, EVENT_ID, facts } from "../domain/sample-event.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { PIECES } from "./corpus.ts";
import { hostileJson, hostileText } from "./hostile-text.ts";
import { brokenInside, isPlain, parted } from "./invariant.ts";

const runs = { numRuns: 400 };
const anyType = fc.constantFrom("text/plain", "application/json", "text/html");
const anyPayload = fc.oneof(hostileText, hostileJson);

const rendered = (payload: string, contentType: string, marker = MARKER): string =>
  renderEvent({
    facts: facts(),
    content: content({ payload, contentType, marker, prompt: "/review" }),
    context: context({ delivery: 2, reason: "timed_out", again: AGAIN[0] ?? null }),
    waiting: { count: 3, more: false },
    first: { project: "shop" },
  });

/** What is wrong with the text; nothing where it holds. */
function broken(text: string, marker: string): string[] {
  const parts = parted(text, marker);
  if (parts === null) return ["the boundary does not stand once"];
  const plain = parts.outside.replaceAll(`<payload-${marker}>`, "").replaceAll(`</payload-${marker}>`, "");
  return [...brokenInside(parts.inside), ...(isPlain(plain) ? [] : ["something stands outside"])];
}

describe("a payload of hostile pieces", () => {
  test("stays inside one boundary, opens no tag and hides nothing, alone and in any composition", () => {
    for (const piece of PIECES) {
      for (const type of ["text/plain", "application/json"]) {
        const marker = drawMarker(seededRandom(1), piece);
        expect(broken(rendered(piece, type, marker), marker), JSON.stringify(piece)).toEqual([]);
        const json = JSON.stringify({ [piece]: [piece] });
        expect(broken(rendered(json, type, marker), marker), JSON.stringify(piece)).toEqual([]);
      }
    }
    fc.assert(
      fc.property(anyPayload, anyType, fc.integer(), (payload, type, seed) => {
        if (payload === "") return;
        const marker = drawMarker(seededRandom(seed), payload);
        expect(broken(rendered(payload, type, marker), marker)).toEqual([]);
      }),
      runs,
    );
  });

  test("changes nothing outside of it but two numbers", () => {
    const words = (text: string) => parted(text, MARKER)?.outside.replace(/\d+ of \d+|offset \d+/g, "#");
    const [short, long] = [rendered("x", "text/plain"), rendered("x".repeat(50_000), "text/plain")].map(
      words,
    );
    fc.assert(
      fc.property(anyPayload, anyType, (payload, type) => {
        if (payload.includes(MARKER) || payload === "") return;
        const cut = shown(payload, type).length > EXCERPT_CHARS;
        expect(words(rendered(payload, type))).toBe(cut ? long : short);
      }),
      runs,
    );
  });

  test("that is JSON is equal to it once it is read", () => {
    fc.assert(
      fc.property(hostileJson, (json) => {
        expect(parseJson(shown(json, "application/json"))).toEqual(JSON.parse(json));
      }),
      runs,
    );
  });
});

describe("a page of a payload", () => {
  const pageOf = (
    payload: string,
    contentType: string,
    more: { pointer?: string; offset?: number; limit?: number },
  ) =>
    payloadPage({
      facts: { id: EVENT_ID, details: null, verifiedBy: "github" },
      content: content({ payload, contentType }),
      pointer: "",
      offset: 0,
      limit: 0,
      ...more,
    });

  test("stays inside its boundary, wherever it begins and however long it is", () => {
    fc.assert(
      fc.property(
        anyPayload,
        anyType,
        fc.nat({ max: 40_000 }),
        fc.integer({ min: 0, max: 40_000 }),
        (payload, type, offset, limit) => {
          const text = shown(payload, type);
          const page = pageOf(payload, type, { offset: offset % (text.length + 1), limit });
          if (page.kind === "refused") throw new Error(page.message);
          // A payload that knows the marker knows it only here.
          const parts = parted(page.content, MARKER);
          if (!payload.toLowerCase().includes(MARKER)) expect(parts).not.toBeNull();
          const inside = page.content.split("\n").slice(2, -3).join("\n");
          expect(brokenInside(inside)).toEqual([]);
        },
      ),
      runs,
    );
  });

  test("begins before an escape or a pair of surrogates that its offset falls into", () => {
    const begins = (payload: string, type: string, offset: number) => {
      const page = pageOf(payload, type, { offset });
      return page.kind === "page" ? page.content.split("\n")[2] : page.message;
    };
    expect(begins("ab\u{1f600}cd", "text/plain", 3)).toBe("\u{1f600}cd");
    expect(begins("ab<b>", "text/plain", 4)).toBe("&lt;b>");
    expect(begins('{"a":"<b>"}', "application/json", 8)).toBe('\\u003cb>"}');
    expect(begins("ab\u202ecd", "text/plain", 5)).toBe("\\u202ecd");
  });

  test("of a pointer that is hostile says nothing of it", () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        const page = pageOf(JSON.stringify({ [name]: name }), "application/json", { pointer });
        if (page.kind === "refused") throw new Error(page.message);
        expect(brokenInside(page.content.split("\n").slice(2, -3).join("\n"))).toEqual([]);
        const none = pageOf("{}", "application/json", { pointer: `${pointer}/none` });
        expect(none.kind === "refused" && isPlain(none.message)).toBe(true);
      }),
      runs,
    );
  });
});
