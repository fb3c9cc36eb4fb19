/** Hostile megabytes cost in proportion to their length, or a stranger could stop the server with one. */
import { expect, test } from "vitest";
import { shown } from "../../src/domain/reading/escape.ts";
import { cut, wholeCharacters } from "../../src/domain/reading/excerpt.ts";
import { drawMarker } from "../../src/domain/reading/marker.ts";
import { renderEvent } from "../../src/domain/reading/render.ts";
import { content, context, facts } from "../domain/sample-event.ts";
import { cpuMsOf } from "../world/cpu-time.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { PIECES } from "./corpus.ts";

const CHARACTERS = 262_144;
const RUNS = [
  "<",
  "\\",
  "\r",
  "&lt;",
  "\u202e",
  "\ud800",
  "\u{1f600}",
  "<\u0338",
  "\uff1c",
  '"',
  "\\u003",
  " ",
  "\n",
];

const rendered = (payload: string, contentType: string): string =>
  renderEvent({
    facts: facts(),
    content: content({ payload, contentType, marker: drawMarker(seededRandom(1), payload) }),
    context: context(),
    waiting: { count: 0, more: false },
    first: null,
  });

/**
 * Linear is 8 for 8 times as much, quadratic is 64; 24 lies between them, as far from either. Up to 60 ms are no danger,
 * whatever their shape.
 */
async function isLinear(act: (text: string) => unknown, make: (length: number) => string): Promise<boolean> {
  const [little, much] = [make(CHARACTERS / 8), make(CHARACTERS)];
  return (await cpuMsOf(() => act(much))) < Math.max(60, 24 * (await cpuMsOf(() => act(little))));
}

test("escaping and rendering of a megabyte of anything is linear", async () => {
  for (const piece of [...RUNS, PIECES.join("")]) {
    const text = (length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    expect(
      await isLinear((payload) => rendered(payload, "text/plain"), text),
      JSON.stringify(piece.slice(0, 40)),
    ).toBe(true);
    const json = (length: number) => JSON.stringify([text(length / 6)]);
    expect(
      await isLinear((payload) => shown(payload, "application/json"), json),
      JSON.stringify(piece.slice(0, 40)),
    ).toBe(true);
  }
});

test("a page out of the middle of a megabyte of backslashes is linear, and so is the end of one", async () => {
  const text = (length: number) => "\\".repeat(length);
  expect(await isLinear((all) => wholeCharacters(all, all.length - 1), text)).toBe(true);
  expect(await isLinear((all) => cut(all, all.length - 40_000, 16_384), text)).toBe(true);
});
