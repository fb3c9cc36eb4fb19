/** Crons for the tests of stores and services, made by the real machine. */
import { newCron, stepCron } from "../../src/actors/cron-step.ts";
import type { CronRecord } from "../../src/domain/cron.ts";
import type { CronInput, CronMessage } from "../../src/domain/machines/cron.ts";
import { ACCOUNT, AT, LANE, newId } from "./records.ts";

type Words = Pick<CronRecord, "account" | "id" | "label" | "lane" | "options" | "priority" | "prompt">;

export function someCron(words: Partial<Words> = {}, rules: Partial<CronInput> = {}): CronRecord {
  return newCron(
    {
      id: newId("cron"),
      account: ACCOUNT,
      label: "morning",
      prompt: "/catchup",
      lane: LANE,
      priority: "normal",
      options: null,
      createdAt: AT,
      ...words,
    },
    {
      expression: "*/5 * * * *",
      timezone: "UTC",
      misfire: "once",
      overlap: "coalesce",
      maxLatenessMs: null,
      at: AT,
      ...rules,
    },
  );
}

export const cronTold = (record: CronRecord, message: CronMessage): CronRecord =>
  stepCron(record, message).record;
