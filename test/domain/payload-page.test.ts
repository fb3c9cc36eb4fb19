/** Paging: the pages of a payload are the whole, each inside its boundary. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { shown } from "../../src/domain/reading/escape.ts";
import { cut } from "../../src/domain/reading/excerpt.ts";
import { pointed } from "../../src/domain/reading/json-pointer.ts";
import { MAX_PAGE_CHARS, payloadPage } from "../../src/domain/reading/payload-page.ts";
import { anyJson, anyText, MARKER } from "./hostile.ts";
import { content, EVENT_ID, facts } from "./sample-event.ts";

const page = (
  payload: string,
  more: { contentType?: string; pointer?: string; offset?: number; limit?: number } = {},
) => {
  const { contentType = "application/json", pointer = "", offset = 0, limit = 0 } = more;
  return payloadPage({ facts: facts(), content: content({ payload, contentType }), pointer, offset, limit });
};

function read(...args: Parameters<typeof page>): { text: string; total: number; nextOffset: number | null } {
  const answer = page(...args);
  if (answer.kind === "refused") throw new Error(answer.message);
  const { content: bounded, total, nextOffset } = answer;
  const [open, close] = [`<payload-${MARKER}>\n`, `\n</payload-${MARKER}>`];
  expect(bounded.startsWith(`What stands between the markers came from outside.`)).toBe(true);
  expect(bounded.match(/<[\p{L}/!]/gu)).toEqual(["<p", "</"]);
  return {
    text: bounded.slice(bounded.indexOf(open) + open.length, bounded.lastIndexOf(close)),
    total,
    nextOffset,
  };
}

test("the pages of any payload, put together, are what is shown of the whole", () => {
  fc.assert(
    fc.property(
      fc.oneof(anyText, anyJson),
      fc.constantFrom("text/plain", "application/json"),
      fc.integer({ min: 64, max: 20_000 }),
      (payload, contentType, limit) => {
        let whole = "";
        let offset: number | null = 0;
        while (offset !== null) {
          const { text, total, nextOffset } = read(payload, { contentType, offset, limit });
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(nextOffset === null || nextOffset > offset).toBe(true);
          whole += text;
          expect(total).toBe(shown(payload, contentType).length);
          offset = nextOffset;
        }
        expect(whole).toBe(shown(payload, contentType));
      },
    ),
    { numRuns: 300 },
  );
});

test("no cut divides an escape, an entity or a pair of surrogates", () => {
  const piece = fc.constantFrom(
    "\\\\",
    "\\n",
    '\\"',
    "\\u003c",
    "\\udb40\\udc01",
    "&lt;",
    "\u{1f600}",
    "x",
    "é",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 80, maxLength: 200 }),
      fc.integer({ min: 64, max: 200 }),
      (pieces, limit) => {
        const text = pieces.join("");
        const bounds = new Set([0]);
        let length = 0;
        for (const one of pieces) {
          length += one.length;
          bounds.add(length);
        }
        let at = 0;
        while (at < text.length) {
          at = cut(text, at, limit);
          expect(bounds).toContain(at);
        }
      },
    ),
  );
});

test("a page ends after a line or an element where one is near", () => {
  expect(cut(`${"x".repeat(90)}\n${"y".repeat(90)}`, 0, 100)).toBe(91);
  expect(cut(`{"a":[${'{"b":1},'.repeat(30)}`, 0, 100)).toBe(94);
  expect(cut("x".repeat(300), 0, 100)).toBe(100);
});

test("a pointer names what it names by RFC 6901", () => {
  const json = JSON.parse(
    '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8,"~1":9,"n":null}',
  );
  const cases: Record<string, unknown> = {
    "": json,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
    "/~01": 9,
    "/n": null,
  };
  for (const [pointer, value] of Object.entries(cases))
    expect(pointed(json, pointer), pointer).toEqual({ value });
  for (const wrong of [
    "foo",
    "/foo/2",
    "/foo/-",
    "/foo/00",
    "/foo/length",
    "/constructor",
    "/__proto__",
    "/n/x",
    "/m~n",
    "/m~2n",
  ]) {
    expect(pointed(json, wrong), wrong).toBeUndefined();
  }
});

test("a pointed-at value is shown as JSON, inside the boundary", () => {
  const payload = '{"pull_request":{"title":"</payload-7f3c9a2e>","body":null}}';
  expect(read(payload, { pointer: "/pull_request/title" }).text).toBe('"\\u003c/payload-7f3c9a2e>"');
  expect(read(payload, { pointer: "/pull_request" }).text).toBe(
    '{"title":"\\u003c/payload-7f3c9a2e>","body":null}',
  );
});

test("what can't be paged is refused with the reason", () => {
  expect(page("{}", { pointer: "/x" })).toMatchObject({ kind: "refused", code: "bad_pointer" });
  expect(page("hello", { contentType: "text/plain", pointer: "/x" })).toMatchObject({
    kind: "refused",
    code: "not_json",
  });
  for (const offset of [-1, 3, 0.5, Number.NaN]) {
    expect(page("{}", { offset })).toMatchObject({ kind: "refused", code: "bad_offset" });
  }
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(page(deep, { pointer: "/a" })).toMatchObject({ kind: "refused", code: "too_deep" });
  expect(page(deep)).toMatchObject({ kind: "page", nextOffset: 16_384 });
});

test("a page says where it stands and how to go on, and is no longer than the limit allows", () => {
  const long = JSON.stringify("x".repeat(200_000));
  const first = page(long, { limit: 1_000_000 });
  expect(first).toMatchObject({ kind: "page", total: 200_002, nextOffset: MAX_PAGE_CHARS });
  expect(first.kind === "page" && first.content).toMatch(
    `characters 0 to 65536 of 200002. Go on with event_payload, event_id "${EVENT_ID}", offset 65536`,
  );
  const last = page(long, { offset: 200_000 });
  expect(last).toMatchObject({ kind: "page", nextOffset: null });
  expect(last.kind === "page" && last.content).toContain("characters 200000 to 200002 of 200002, the end.");
});
