import { expect, test } from "vitest";
import { seededRandom } from "../world/seeded-random.ts";
import { SEATS } from "./lanes.ts";
import { killsOf, scheduleOf } from "./schedule.ts";

const schedule = (seed: number, kills: number) => scheduleOf(seededRandom(seed), kills, SEATS);

test("a seed repeats what is done to whom; another seed does something else", () => {
  expect(schedule(7, 100)).toEqual(schedule(7, 100));
  expect(schedule(7, 100)).not.toEqual(schedule(8, 100));
});

test("there are as many kills as were asked for, of everything that can be killed, and blows of every other kind", () => {
  const blows = schedule(1, 500).map(({ blow }) => blow);
  const kills = blows.reduce((sum, blow) => sum + killsOf(blow), 0);
  expect(kills - 500).toBeOneOf([0, 1]);
  expect(new Set(blows.map(({ kind }) => kind)).size).toBe(14);
  const seats = blows.flatMap((blow) => ("seat" in blow ? [blow.seat] : []));
  expect(new Set(seats).size).toBe(SEATS);
});
