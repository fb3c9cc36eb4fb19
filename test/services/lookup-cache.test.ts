import { expect, test, vi } from "vitest";
import { LookupCache } from "../../src/services/lookup-cache.ts";
import { SimulatedClock } from "../world/simulated-clock.ts";

const cache = () => {
  const clock = new SimulatedClock();
  return { clock, known: new LookupCache<string>(clock) };
};
const finds = (found: string | null) => vi.fn(() => Promise.resolve(found));

test("an answer is read once, also by those who ask while it is read", async () => {
  const { known } = cache();
  const read = finds("gh");
  const both = await Promise.all([known.find("a", read), known.find("a", read)]);
  expect([...both, await known.find("a", read)]).toEqual(["gh", "gh", "gh"]);
  expect(read).toHaveBeenCalledTimes(1);
});

test("a change made elsewhere is seen within five seconds, and within one where there was nothing", async () => {
  const { clock, known } = cache();
  const [read, nothing] = [finds("gh"), finds(null)];
  const ask = () => Promise.all([known.find("a", read), known.find("b", nothing)]);
  const times = () => [read.mock.calls.length, nothing.mock.calls.length];
  await ask();
  await clock.pass(999);
  await ask();
  expect(times()).toEqual([1, 1]);
  await clock.pass(1);
  await ask();
  expect(times()).toEqual([1, 2]);
  await clock.pass(4_000);
  await ask();
  expect(times()).toEqual([2, 3]);
});

test("what is forgotten while it is read is read again by the next", async () => {
  const { known } = cache();
  const late = Promise.withResolvers<string>();
  const before = known.find("a", () => late.promise);
  known.forget();
  late.resolve("old");
  expect(await before).toBe("old");
  expect(await known.find("a", finds("new"))).toBe("new");
});

test("a failure is not kept", async () => {
  const { known } = cache();
  await expect(known.find("a", () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(await known.find("a", finds("gh"))).toBe("gh");
});

test("promise 8: no more than a thousand answers are kept, and guesses push out what was not asked for since", async () => {
  const { known } = cache();
  const [busy, idle] = [finds("busy"), finds("idle")];
  await known.find("busy", busy);
  await known.find("idle", idle);
  for (let guess = 0; guess < 5_000; guess++) {
    await known.find(`guess ${guess}`, finds(null));
    if (guess % 500 === 0) await known.find("busy", busy);
  }
  expect(known.size).toBe(1_000);
  await known.find("busy", busy);
  await known.find("idle", idle);
  expect([busy.mock.calls.length, idle.mock.calls.length]).toEqual([1, 2]);
});
