/** Crons as stored, and when they are due. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type CronRecord, KeptCronOptions } from "../../domain/cron.ts";
import { actorStateSchema } from "../../domain/machines/actor-state.ts";
import { CronContext, cronMachine } from "../../domain/machines/cron.ts";
import { PRIORITIES } from "../../domain/order.ts";
import type { WriteResult } from "../../domain/ports/store.ts";
import { cronKeys } from "../keys.ts";
import { checked, jsonText, numberOf, Rev, requireOwnKeys } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

const CronRow = z.object({
  id: z.string(),
  account: z.string(),
  label: z.string().nullable(),
  prompt: z.string(),
  lane: z.string(),
  priority: z.enum(PRIORITIES),
  options: jsonText(KeptCronOptions).nullable(),
  created_at: z.number(),
  state: z.string(),
  next_at: z.number().nullable(),
  reckoned_at: z.number(),
  rev: Rev,
  actor: jsonText(actorStateSchema(cronMachine, CronContext)),
});

function cronOf(row: unknown): CronRecord {
  const { created_at, state, next_at, reckoned_at, ...same } = checked("cron", CronRow, row);
  const record: CronRecord = { kind: "cron", ...same, createdAt: created_at };
  requireOwnKeys("cron", record.id, () => {
    const keys = cronKeys(record);
    return keys.state === state && keys.nextAt === next_at && keys.reckonedAt === reckoned_at;
  });
  return record;
}

const DueRow = z.object({ next_at: z.number() });

export function crons(db: DatabaseSync, aside: SetAside) {
  const insert = db.prepare(`
    INSERT INTO crons (label, prompt, lane, priority, options, created_at, state, next_at, reckoned_at, actor, rev,
      account, id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING`);
  // Promise 9: a cron stays in its account.
  const update = db.prepare(`
    UPDATE crons SET label = ?, prompt = ?, lane = ?, priority = ?, options = ?, created_at = ?, state = ?, next_at = ?,
      reckoned_at = ?, actor = ?, rev = rev + 1
    WHERE account = ? AND id = ? AND rev = ?`);
  const remove = db.prepare("DELETE FROM crons WHERE account = ? AND id = ?");
  const byId = db.prepare("SELECT * FROM crons WHERE account = ? AND id = ?");
  const ofAccount = db.prepare("SELECT * FROM crons WHERE account = ? AND id > ? ORDER BY id");
  const counted = db.prepare("SELECT count(*) AS n FROM (SELECT 1 FROM crons WHERE account = ? LIMIT ?)");
  const due = db.prepare("SELECT * FROM crons WHERE next_at <= ? ORDER BY next_at");
  const next = db.prepare(
    "SELECT account, id, next_at FROM crons WHERE next_at IS NOT NULL ORDER BY next_at",
  );
  const ahead = db.prepare(
    "SELECT * FROM crons WHERE reckoned_at > ? AND state = 'active' ORDER BY reckoned_at",
  );

  /** Those that can't be read were never among them. */
  function* behind(rows: Iterable<Record<string, unknown>>, passed: number) {
    let left = passed;
    for (const row of rows) {
      if (left > 0 && !aside.has(row)) left -= 1;
      else yield row;
    }
  }

  return {
    put(record: CronRecord): WriteResult {
      const { id, account, label, prompt, lane, priority, createdAt, actor, rev } = record;
      const options = record.options === null ? null : JSON.stringify(record.options);
      const { state, nextAt, reckonedAt } = cronKeys(record);
      const values = [label, prompt, lane, priority, options, createdAt, state, nextAt, reckonedAt];
      const { changes } =
        rev === 0
          ? insert.run(...values, JSON.stringify(actor), account, id)
          : update.run(...values, JSON.stringify(actor), account, id, rev);
      return { kind: changes === 0 ? "conflict" : "stored" };
    },

    cron(account: string, id: string): CronRecord | null {
      const row = rowOf(byId, account, id);
      return row === undefined ? null : cronOf(row);
    },

    crons: (account: string, after: string, limit: number): CronRecord[] =>
      aside.readable(rowsOf(ofAccount, account, after), cronOf, limit),

    count: (account: string, most: number): number => numberOf(counted.get(account, most)),

    remove: (account: string, id: string): boolean => remove.run(account, id).changes === 1,

    due: (until: number, limit: number, passed: number): CronRecord[] =>
      aside.readable(behind(rowsOf(due, until), passed), cronOf, limit),

    /** Without those that `due` could not read: their time has come and would stay. */
    nextDue(): number | null {
      for (const row of next.iterate()) if (!aside.has(row)) return checked("cron", DueRow, row).next_at;
      return null;
    },

    ahead: (moment: number, limit: number): CronRecord[] =>
      aside.readable(rowsOf(ahead, moment), cronOf, limit),
  };
}
