import { describe, expect, test } from "vitest";
import { type Deadlines, deadlineDetails, limitsFor, requireDeadlines } from "../../src/domain/deadlines.ts";
import { SourceSettings } from "../../src/domain/source.ts";
import { LIMITS } from "../world/box.ts";

const complaint = (asked: Deadlines): string => {
  try {
    requireDeadlines(asked, LIMITS);
    return "";
  } catch (error) {
    if (error instanceof Error && "line" in error) return String(error.line);
    throw error;
  }
};

describe("what a source may ask for", () => {
  test.each<Deadlines>([
    {},
    { remindSeconds: 299 },
    { timeoutSeconds: 121 },
    { timeoutSeconds: 3_600 },
    { remindSeconds: 1, timeoutSeconds: 2 },
    { remindSeconds: 3_000, timeoutSeconds: 3_600 },
  ])("%j makes sense beside the server's 120, 300 and 3600 seconds", (asked) => {
    expect(complaint(asked)).toBe("");
  });

  test.each<[Deadlines, RegExp]>([
    [
      { remindSeconds: 300 },
      /^remind_seconds: 300 is not before the timeout, 300 seconds\. Give less than 300, or a longer timeout_seconds/,
    ],
    [{ remindSeconds: 90, timeoutSeconds: 90 }, /^remind_seconds: 90 is not before the timeout, 90/],
    [
      { timeoutSeconds: 120 },
      /^timeout_seconds: 120 is not behind the reminder, 120 seconds\. Give more than 120, or a shorter remind_seconds/,
    ],
    [
      { timeoutSeconds: 3_601 },
      /^timeout_seconds: 3601 is longer than an event may be held\. Give at most 3600, or raise SIGNALBOX_MAX_HOLD/,
    ],
  ])("%j is refused with what would be right", (asked, words) => {
    expect(complaint(asked)).toMatch(words);
  });

  test.each([0, -1, 1.5, 86_401])("%s seconds are refused by their bounds", (timeoutSeconds) => {
    const parsed = SourceSettings.safeParse({ slug: "x", options: { timeoutSeconds } });
    expect(parsed.error?.issues[0]?.message).toBe("takes whole seconds, 1 to 86400");
  });
});

describe("the limits of a delivery", () => {
  test("are the server's own where the event says nothing of them", () => {
    expect(limitsFor(LIMITS, null)).toBe(LIMITS);
    expect(limitsFor(LIMITS, { replayOf: "evt_1" })).toBe(LIMITS);
    expect(deadlineDetails(null)).toBeNull();
    expect(deadlineDetails({})).toBeNull();
  });

  test("are the event's where it has its own, and no others change", () => {
    const details = deadlineDetails({ remindSeconds: 30, timeoutSeconds: 60 });
    expect(limitsFor(LIMITS, details)).toEqual({ ...LIMITS, remindMs: 30_000, timeoutMs: 60_000 });
  });

  test("a longer timeout holds without hooks too; a shorter one takes nothing from who gives few signs of life", () => {
    const blind = (timeoutSeconds: number) =>
      limitsFor(LIMITS, deadlineDetails({ timeoutSeconds })).blindTimeoutMs;
    expect(blind(3_000)).toBe(3_000_000);
    expect(blind(200)).toBe(LIMITS.blindTimeoutMs);
  });

  test("a reminder that later settings have put behind the timeout comes with it", () => {
    const { remindMs, timeoutMs } = limitsFor({ ...LIMITS, timeoutMs: 20_000 }, { remindMs: 60_000 });
    expect([remindMs, timeoutMs]).toEqual([20_000, 20_000]);
  });
});
