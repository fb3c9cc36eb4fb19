/** When a schedule comes, above all when the clocks change; and what may be written as one. */
import { describe, expect, test } from "vitest";
import { isTimeZone, lastTimes, localTime, nextTime, nextTimes } from "../../src/domain/schedule.ts";
import { scheduleText } from "../../src/domain/schedule-text.ts";

const at = (text: string) => Date.parse(text);
const texts = (times: readonly number[]) => times.map((time) => new Date(time).toISOString());
const from = (expression: string, timezone: string, since: string, count = 3) =>
  texts(nextTimes({ expression, timezone }, at(since), count));

describe("a time that does not exist, because the clock jumps over it", () => {
  test("in Berlin 02:30 comes at 03:00 of that day, and at 02:30 of the next", () => {
    expect(from("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("in New York 02:30 comes at 03:00 of that day, and at 02:30 of the next", () => {
    expect(from("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2)).toEqual([
      "2026-03-08T07:00:00.000Z",
      "2026-03-09T06:30:00.000Z",
    ]);
  });

  test("of several fixed times only the one that does not exist moves", () => {
    expect(from("30 2,14 * * *", "Europe/Berlin", "2026-03-28T20:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-29T12:30:00.000Z",
    ]);
  });

  test("what comes at intervals is left out of the hour that does not exist", () => {
    expect(from("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3)).toEqual([
      "2026-03-29T00:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-29T01:30:00.000Z",
    ]);
    expect(from("*/30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", 1)).toEqual([
      "2026-03-09T06:00:00.000Z",
    ]);
  });
});

describe("a time that exists twice, because the clock is set back", () => {
  test("in Berlin 02:30 comes once, the first time", () => {
    expect(from("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  test("in New York 01:30 comes once, the first time", () => {
    expect(from("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2)).toEqual([
      "2026-11-01T05:30:00.000Z",
      "2026-11-02T06:30:00.000Z",
    ]);
  });

  test("what comes at intervals goes on through both, and each is a time of its own", () => {
    const times = from("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15:00Z", 5);
    expect(times).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:00:00.000Z",
      "2026-10-25T01:30:00.000Z",
      "2026-10-25T02:00:00.000Z",
      "2026-10-25T02:30:00.000Z",
    ]);
    expect(localTime(at("2026-10-25T00:30:00Z"), "Europe/Berlin")).toBe("Sun 2026-10-25 02:30 GMT+02:00");
    expect(localTime(at("2026-10-25T01:30:00Z"), "Europe/Berlin")).toBe("Sun 2026-10-25 02:30 GMT+01:00");
  });
});

describe("looking back", () => {
  const schedule = { expression: "*/15 * * * *", timezone: "UTC" };

  test("gives the last times of a stretch, both ends included, first to last", () => {
    const [since, until] = [at("2026-01-01T10:00:00Z"), at("2026-01-01T11:00:00Z")];
    expect(texts(lastTimes(schedule, since, until, 10))).toEqual([
      "2026-01-01T10:00:00.000Z",
      "2026-01-01T10:15:00.000Z",
      "2026-01-01T10:30:00.000Z",
      "2026-01-01T10:45:00.000Z",
      "2026-01-01T11:00:00.000Z",
    ]);
    expect(texts(lastTimes(schedule, since, until, 2))).toEqual([
      "2026-01-01T10:45:00.000Z",
      "2026-01-01T11:00:00.000Z",
    ]);
    expect(texts(lastTimes(schedule, since, until - 1, 1))).toEqual(["2026-01-01T10:45:00.000Z"]);
  });

  test("agrees with looking ahead, through both changes of the clock", () => {
    for (const timezone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]) {
      for (const expression of ["30 2 * * *", "*/20 1-3 * * *", "15,45 * * * *", "0 0 * * *"]) {
        for (const day of [
          "2026-03-07",
          "2026-03-28",
          "2026-04-04",
          "2026-10-03",
          "2026-10-24",
          "2026-10-31",
        ]) {
          const [since, until] = [at(`${day}T00:00:00Z`), at(`${day}T00:00:00Z`) + 2 * 86_400_000];
          const ahead: number[] = [];
          for (let time = nextTime({ expression, timezone }, since - 1); time !== null && time <= until; ) {
            ahead.push(time);
            time = nextTime({ expression, timezone }, time);
          }
          expect(texts(lastTimes({ expression, timezone }, since, until, ahead.length + 1))).toEqual(
            texts(ahead),
          );
        }
      }
    }
  });
});

describe("what may be written as a schedule", () => {
  test.each([
    ["0 9 * * 1-5", "0 9 * * 1-5"],
    ["  */5   * * * *  ", "*/5 * * * *"],
    ["0 9 * * MON-FRI", "0 9 * * mon-fri"],
    ["@daily", "@daily"],
    ["@Weekly", "@weekly"],
    ["0 0 29 2 *", "0 0 29 2 *"],
  ])("%s is one", (text, expression) => {
    expect(scheduleText(text)).toEqual({ kind: "schedule", expression });
  });

  test.each([
    ["", "has 0 fields"],
    ["* * * *", "has 4 fields"],
    ["0 * * * * *", "has 6 fields"],
    ["2026-01-01T00:00:00", "has 1 field;"],
    ["60 * * * *", "wrong minute (0-59)"],
    ["0 24 * * *", "wrong hour (0-23)"],
    ["0 0 32 * *", "wrong day of the month (1-31)"],
    ["0 0 1 13 *", "wrong month (1-12 or jan-dec)"],
    ["0 0 * * 8", "wrong day of the week (0-7 or sun-sat)"],
    ["5/5 * * * *", "wrong minute"],
    ["0 0 31 2 *", "never comes"],
    ["@reboot", "no nickname; there are @hourly, @daily"],
    [`0 0 ${"1,".repeat(200)}1 * *`, "more than 200 characters"],
  ])("%s is none, and it is said why", (text, why) => {
    const read = scheduleText(text);
    expect(read.kind === "trouble" && read.what).toContain(why);
  });

  test("a time zone is a name that the machine knows", () => {
    for (const name of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
      expect(isTimeZone(name)).toBe(true);
    for (const name of ["Mars/Olympus", "+02:00", "", "Europe/Berlin\n", "a".repeat(200)]) {
      expect(isTimeZone(name)).toBe(false);
    }
  });
});
