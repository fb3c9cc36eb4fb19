/** The workers that Bree runs: they ask again and again, come back when they die, and leave nothing behind. */
import { afterEach, expect, test } from "vitest";
import { nodeClock } from "../../src/edges/node-clock.ts";
import type { Duty } from "../../src/schedule/duty.ts";
import { Schedule } from "../../src/schedule/schedule.ts";

const workers = new URL("./workers/", import.meta.url);
const lines: string[] = [];
const line = (fields: Record<string, unknown>, message: string) =>
  void lines.push(`${message} ${JSON.stringify(fields)}`);
const log = { debug: line, info: line, warn: line, error: line };
let schedule: Schedule | null = null;

afterEach(async () => {
  await schedule?.stop();
  schedule = null;
  lines.length = 0;
});

async function start(duties: Record<string, Duty>): Promise<Schedule> {
  schedule = new Schedule({ duties, clock: nodeClock, log, workers });
  await schedule.start();
  return schedule;
}

/** A duty that is told how often it was done, and how to wait for that. */
function counted(work: (times: number) => Promise<number | null> = async () => null) {
  let times = 0;
  const waiting = new Map<number, () => void>();
  const duty: Duty = () => {
    times += 1;
    waiting.get(times)?.();
    return work(times);
  };
  const reached = (count: number): Promise<void> =>
    times >= count ? Promise.resolve() : new Promise((resolve) => waiting.set(count, resolve));
  return { duty, reached, times: () => times };
}

test("a worker asks for its duty with each beat", async () => {
  const { duty, reached } = counted();
  await start({ eager: duty });
  await reached(5);
});

test("a duty is done again when it says, long before the next beat", async () => {
  const { duty, reached } = counted(async () => Date.now() + 10);
  await start({ patient: duty });
  await reached(5);
});

test("a duty is never done twice at a time, and once more where it was asked for meanwhile", async () => {
  let [now, most] = [0, 0];
  const finish: (() => void)[] = [];
  const { duty, reached, times } = counted(async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise<void>((resolve) => finish.push(resolve));
    now -= 1;
    return null;
  });
  const running = await start({ patient: duty });
  await reached(1);
  for (let i = 0; i < 5; i++) running.do("patient");
  expect(times()).toBe(1);
  finish[0]?.();
  await reached(2);
  finish[1]?.();
  expect(most).toBe(1);
});

test("a duty that fails is done again, and told of", async () => {
  const { duty, reached } = counted(async (times) => {
    if (times === 1) throw new Error("the disk fails");
    return null;
  });
  await start({ patient: duty });
  await reached(2);
  expect(lines.join("\n")).toContain("the disk fails");
});

test("a worker that dies is started again, and told of", async () => {
  const { duty, reached } = counted();
  await start({ mortal: duty });
  await reached(2);
  expect(lines.join("\n")).toContain('"worker":"mortal"');
});

test("stop leaves no worker behind, waits for what is being done, and nothing is done after it", async () => {
  let done = false;
  const { duty, reached, times } = counted(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done = true;
    return null;
  });
  const running = await start({ eager: duty });
  await reached(3);
  done = false;
  running.do("eager");
  await running.stop();
  expect(done).toBe(true);
  const before = times();
  running.do("eager");
  expect(times()).toBe(before);
});

test("a duty that has much to do is told that it is time to leave", async () => {
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const running = await start({
    patient: (leaving) => {
      begun();
      return new Promise((resolve) => leaving.addEventListener("abort", () => resolve(null)));
    },
  });
  await isBegun;
  await running.stop();
});

test("a worker that does not leave is ended", async () => {
  const { duty, reached } = counted();
  const running = await start({ stubborn: duty });
  await reached(1);
  await running.stop();
});
