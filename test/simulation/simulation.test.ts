/** The promises hold in hundreds of random worlds; each of the troubles did happen in them; a seed is a whole world. */
import { describe, expect, test } from "vitest";
import { INVARIANTS } from "./invariants/index.ts";
import { MUTANTS } from "./mutants/index.ts";
import { mutated } from "./mutants/mutant.ts";
import { runSeed } from "./run.ts";
import { simulate, tellBroken } from "./runner/simulate.ts";
import { TROUBLE_NAMES } from "./troubles.ts";
import { World } from "./world.ts";

const SEEDS = 500;
const LAST_LINES = 60;

/** Beside the troubles: what clients and senders do of themselves. */
const HABITS = [
  "accepted",
  "sent again",
  "channel event lost",
  "stop blocked",
  "silence",
  "ack forgotten",
  "ack repeated",
  "extended",
  "event ignored",
  "timed out",
  "cron fired",
  "message sent",
  "message answered",
  "message refused",
  "too many hops",
  "replayed",
  "emptied",
  "removed",
  "paused as it moved",
  "killed between two copies",
  "sent again long after",
  "shown by clawback's plugin",
  "clawback's plugin gave up waiting",
  "clawback's ack kept",
  "token rotated",
  "token rotated by a session",
  "token revoked",
  "bound token made",
  "killed as tokens changed",
  "disk failed as tokens changed",
];

describe("the simulation", () => {
  test(`no promise is broken in ${SEEDS} worlds, in which everything happened`, async () => {
    const sum = await simulate({ from: 1, count: SEEDS });
    expect(sum.broken.map((ran) => tellBroken(ran, LAST_LINES))).toEqual([]);
    expect(sum.seeds).toBe(SEEDS);
    const missing = [...TROUBLE_NAMES, ...HABITS].filter((what) => (sum.counts[what] ?? 0) < 10);
    expect(missing).toEqual([]);
    // Work without a wait: a minute and more of a machine that has as much else to do.
  }, 300_000);

  test("a seed is the same world each time", async () => {
    const stories = [];
    for (let times = 0; times < 2; times++) {
      const { timeline, ...ran } = await runSeed(7, { keep: true });
      stories.push({ ...ran, timeline });
    }
    expect(stories[0]?.timeline.length).toBeGreaterThan(200);
    expect(stories[1]).toEqual(stories[0]);
  });

  test("no mutant is stale, and each invariant has one", () => {
    for (const mutant of MUTANTS) expect(mutated(mutant)).toContain(mutant.replace);
    const promises = INVARIANTS.map((make) => make(new World(1)).promise);
    expect(promises.filter((promise) => !MUTANTS.some(({ breaks }) => breaks === promise))).toEqual([]);
  });
});
