import { expect, test } from "vitest";
import { remembering } from "../../src/store/sqlite/known-texts.ts";

function counting() {
  let reads = 0;
  const read = remembering((text) => {
    reads += 1;
    if (text === "bad") throw new Error("cannot be read");
    return { text, inner: { of: [text] } };
  });
  return { read, reads: () => reads };
}

test("a text that was read lately is not read again, and gives the same", () => {
  const { read, reads } = counting();
  const first = read("a");
  for (let i = 0; i < 200; i++) read(`other ${i}`);
  expect(read("a")).toBe(first);
  expect(reads()).toBe(201);
});

test("what is given out again can't be changed by who had it before", () => {
  const given = counting().read("a");
  expect(() => given.inner.of.push("more")).toThrow(TypeError);
  expect(() => Object.assign(given, { text: "b" })).toThrow(TypeError);
});

test("however many texts are read, only the latest are remembered", () => {
  const { read, reads } = counting();
  for (let i = 0; i < 10_000; i++) read(`text ${i}`);
  read("text 0");
  expect(reads()).toBe(10_001);
});

test("long texts are not remembered in numbers", () => {
  const { read, reads } = counting();
  const long = (i: number) => String(i).padEnd(200_000, ".");
  for (let i = 0; i < 4; i++) read(long(i));
  read(long(0));
  expect(reads()).toBe(5);
});

test("a text that can't be read is refused each time", () => {
  const { read, reads } = counting();
  expect(() => read("bad")).toThrow();
  expect(() => read("bad")).toThrow();
  expect(reads()).toBe(2);
});
