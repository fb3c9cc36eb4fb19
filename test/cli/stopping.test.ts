import { expect, test } from "vitest";
import { untilStopped } from "../../src/cli/stopping.ts";
import type { Clock } from "../../src/domain/ports/clock.ts";

function world() {
  let now = 0;
  let late = () => {};
  let signal = () => {};
  let stops = 0;
  const stopped = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    setTimer(_, fn) {
      late = fn;
      return { cancel: () => {} };
    },
  };
  const said: string[] = [];
  const code = untilStopped(
    {
      stop() {
        stops += 1;
        return stopped.promise;
      },
    },
    {
      drainMs: 10_000,
      clock,
      signals: {
        listen(fn) {
          signal = fn;
        },
        close: () => {},
      },
      terminal: {
        print: (line) => said.push(line),
        complain: (line) => said.push(line),
        ask: async () => null,
        left: new Promise(() => {}),
      },
    },
  );
  return {
    code,
    said,
    finish: () => stopped.resolve(),
    stops: () => stops,
    signal: () => signal(),
    wait(ms: number) {
      now += ms;
    },
    timeUp: () => late(),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("one signal drains, and the server leaves in good order", async () => {
  const { code, signal, finish, stops } = world();
  signal();
  finish();
  expect(await code).toBe(0);
  expect(stops()).toBe(1);
});

test("a second signal leaves at once", async () => {
  const { code, signal, wait, stops } = world();
  signal();
  await settled();
  wait(1000);
  signal();
  expect(await code).toBe(1);
  expect(stops()).toBe(1);
});

test("one Ctrl-C that npm passes on a second time is one", async () => {
  const { code, signal, wait, finish } = world();
  signal();
  wait(20);
  signal();
  await settled();
  finish();
  expect(await code).toBe(0);
});

test("a server that can't leave in time is left behind, and that is said", async () => {
  const { code, signal, timeUp, said } = world();
  signal();
  await settled();
  timeUp();
  expect(await code).toBe(1);
  expect(said.at(-1)).toContain("within 10 s");
});
