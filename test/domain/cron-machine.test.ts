/** A cron's machine: what becomes of times that passed, of one that comes while the last is not done, and of set clocks. */
import { describe, expect, test } from "vitest";
import { newCron, stepCron } from "../../src/actors/cron-step.ts";
import type { CronRecord } from "../../src/domain/cron.ts";
import { cronState } from "../../src/domain/cron.ts";
import type { CronInput } from "../../src/domain/machines/cron.ts";

const at = (clock: string) => Date.parse(`2026-01-01T${clock}Z`);
const clockOf = (time: number | null | undefined) =>
  time == null ? null : new Date(time).toISOString().slice(11, 19);

/** Made at ten, due each hour. */
function hourly(rules: Partial<CronInput> = {}): CronRecord {
  return newCron(
    {
      id: "cron_1",
      account: "acc_1",
      label: null,
      prompt: "p",
      lane: "tag:",
      priority: "normal",
      options: null,
      createdAt: 0,
    },
    {
      expression: "0 * * * *",
      timezone: "UTC",
      misfire: "once",
      overlap: "queue",
      maxLatenessMs: null,
      at: at("10:00:00"),
      ...rules,
    },
  );
}

function tick(cron: CronRecord, clock: string, busy = false) {
  const { record, firings } = stepCron(cron, { type: "tick", at: at(clock), busy });
  const { context } = record.actor;
  return {
    record,
    fires: firings.map(({ time, standsFor }) => `${clockOf(time)} for ${standsFor}`),
    coalesces: firings.some(({ coalesces }) => coalesces),
    next: clockOf(context.nextAt),
    missed: context.missed,
    context,
  };
}

describe("what comes on time", () => {
  test("fires once, and then it is due at its next time", () => {
    const cron = hourly();
    expect(clockOf(cron.actor.context.nextAt)).toBe("11:00:00");
    expect(tick(cron, "10:59:59")).toMatchObject({ fires: [], next: "11:00:00" });
    const fired = tick(cron, "11:00:00");
    expect(fired).toMatchObject({ fires: ["11:00:00 for 1"], next: "12:00:00", missed: 0 });
    expect(tick(fired.record, "11:00:01")).toMatchObject({ fires: [], next: "12:00:00" });
  });

  test("a look that comes seconds late has missed nothing, also where all that is late is skipped", () => {
    expect(tick(hourly({ misfire: "skip" }), "11:00:59")).toMatchObject({
      fires: ["11:00:00 for 1"],
      missed: 0,
    });
  });
});

describe("what was missed", () => {
  test("once: one event stands for all, at the last of their times", () => {
    const seen = tick(hourly(), "13:20:00");
    expect(seen).toMatchObject({ fires: ["13:00:00 for 3"], next: "14:00:00", missed: 3 });
    expect(clockOf(seen.context.missedAt)).toBe("13:00:00");
    expect(seen.context.missedBecause).toBe("late");
  });

  test("once: where the last of them is on time, only those before were missed", () => {
    expect(tick(hourly(), "13:00:20")).toMatchObject({ fires: ["13:00:00 for 3"], missed: 2 });
  });

  test("skip: nothing is made of what is late, and the last that is on time fires for itself", () => {
    expect(tick(hourly({ misfire: "skip" }), "13:20:00")).toMatchObject({
      fires: [],
      missed: 3,
      next: "14:00:00",
    });
    expect(tick(hourly({ misfire: "skip" }), "13:00:20")).toMatchObject({
      fires: ["13:00:00 for 1"],
      missed: 2,
    });
  });

  test("all: each has its event, first to last", () => {
    expect(tick(hourly({ misfire: "all" }), "13:20:00")).toMatchObject({
      fires: ["11:00:00 for 1", "12:00:00 for 1", "13:00:00 for 1"],
      missed: 3,
    });
  });

  test("all: no more than the last hundred", () => {
    const cron = hourly({ misfire: "all", expression: "* * * * *" });
    const { fires, missed } = tick(cron, "20:00:00");
    expect(fires).toHaveLength(100);
    expect(fires.at(0)).toBe("18:21:00 for 1");
    expect(fires.at(-1)).toBe("20:00:00 for 1");
    expect(missed).toBe(99);
  });

  test.each([
    ["once", ["13:00:00 for 3"]],
    ["all", ["12:00:00 for 1", "13:00:00 for 1"]],
  ] as const)("%s: a time that is past the greatest lateness makes no event", (misfire, fires) => {
    expect(tick(hourly({ misfire, maxLatenessMs: 90 * 60_000 }), "13:20:00")).toMatchObject({
      fires,
      missed: 3,
    });
    expect(tick(hourly({ misfire, maxLatenessMs: 10 * 60_000 }), "13:20:00")).toMatchObject({
      fires: [],
      missed: 3,
      next: "14:00:00",
    });
  });
});

describe("while the last event is not done", () => {
  test("coalesce: the new one may take its place, and stands for all times that came", () => {
    expect(tick(hourly({ overlap: "coalesce" }), "11:00:00", true)).toMatchObject({
      fires: ["11:00:00 for 1"],
      coalesces: true,
    });
    expect(tick(hourly({ overlap: "coalesce", misfire: "all" }), "13:20:00")).toMatchObject({
      fires: ["13:00:00 for 3"],
      coalesces: true,
    });
  });

  test("queue: it waits behind it", () => {
    expect(tick(hourly(), "11:00:00", true)).toMatchObject({ fires: ["11:00:00 for 1"], coalesces: false });
  });

  test("skip: it is left out, and counts as missed", () => {
    const seen = tick(hourly({ overlap: "skip" }), "11:00:00", true);
    expect(seen).toMatchObject({ fires: [], missed: 1, next: "12:00:00" });
    expect(seen.context.missedBecause).toBe("overlap");
    expect(tick(seen.record, "12:00:00")).toMatchObject({ fires: ["12:00:00 for 1"], missed: 1 });
  });
});

describe("its owner", () => {
  test("pauses it: nothing is due, and nothing was missed when it goes on", () => {
    const paused = stepCron(hourly(), { type: "pause", at: at("10:30:00") }).record;
    expect(cronState(paused)).toBe("paused");
    expect(tick(paused, "12:30:00")).toMatchObject({ fires: [], next: null, missed: 0 });
    const again = stepCron(paused, { type: "resume", at: at("12:30:00") }).record;
    expect(tick(again, "13:00:00")).toMatchObject({ fires: ["13:00:00 for 1"], missed: 0 });
  });

  test("has it run at once, also while it is paused; its next time stays", () => {
    for (const cron of [hourly(), stepCron(hourly(), { type: "pause", at: at("10:10:00") }).record]) {
      const { record, firings } = stepCron(cron, { type: "run", at: at("10:20:00") });
      expect(firings).toEqual([{ time: null, standsFor: 1, coalesces: false }]);
      expect(record.actor.context).toMatchObject({ fired: 1, nextAt: cron.actor.context.nextAt });
    }
  });

  test("gives it another schedule or zone: its next time is reckoned anew; with other rules it stays", () => {
    const rules = { ...hourly().actor.context };
    const change = (more: object) =>
      clockOf(
        stepCron(hourly(), { type: "change", at: at("10:20:00"), rules: { ...rules, ...more } }).record.actor
          .context.nextAt,
      );
    expect(change({ expression: "30 * * * *" })).toBe("10:30:00");
    expect(change({ timezone: "Asia/Kolkata" })).toBe("10:30:00");
    expect(change({ misfire: "all", overlap: "skip", maxLatenessMs: 60_000 })).toBe("11:00:00");
  });

  test("changes it while it is paused: it stays paused", () => {
    const paused = stepCron(hourly(), { type: "pause", at: at("10:10:00") }).record;
    const rules = { ...paused.actor.context, expression: "30 * * * *" };
    const changed = stepCron(paused, { type: "change", at: at("10:20:00"), rules }).record;
    expect(changed.actor).toMatchObject({
      value: "paused",
      context: { nextAt: null, expression: "30 * * * *" },
    });
  });
});

describe("a clock that is set", () => {
  test("forward: what it jumped over was missed", () => {
    expect(tick(hourly(), "15:30:00")).toMatchObject({ fires: ["15:00:00 for 5"], next: "16:00:00" });
  });

  test("back: it does not wait for the time that it had reckoned by the wrong one", () => {
    const ahead = tick(hourly(), "20:00:00").record;
    expect(tick(ahead, "10:30:00")).toMatchObject({ fires: [], next: "11:00:00" });
  });
});
