/** What is said of lanes. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Lane } from "../../domain/lane.ts";
import { isPlain, type LaneSettings } from "../../domain/lane-settings.ts";
import { POLICIES } from "../../domain/turns.ts";
import { checked } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";

const LaneRow = z.object({
  account: z.string(),
  lane: z.string(),
  paused_at: z.number().nullable(),
  paused_by: z.string().nullable(),
  pause_reason: z.string().nullable(),
  max_depth: z.int().min(1).nullable(),
  policy: z.enum(POLICIES),
});

function settingsOf(row: unknown): LaneSettings {
  const {
    account,
    lane,
    paused_at: since,
    paused_by,
    pause_reason,
    max_depth,
    policy,
  } = checked("lane", LaneRow, row);
  const paused = since === null ? null : { since, by: paused_by ?? "", reason: pause_reason };
  return { account, lane, paused, maxDepth: max_depth, policy };
}

export function laneSettings(db: DatabaseSync) {
  const put = db.prepare(`
    INSERT INTO lanes (account, lane, paused_at, paused_by, pause_reason, max_depth, policy) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account, lane) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by,
      pause_reason = excluded.pause_reason, max_depth = excluded.max_depth, policy = excluded.policy,
      sorted = CASE WHEN policy = excluded.policy THEN sorted ELSE 0 END`);
  const forget = db.prepare("DELETE FROM lanes WHERE account = ? AND lane = ?");
  const one = db.prepare("SELECT * FROM lanes WHERE account = ? AND lane = ?");
  const all = db.prepare("SELECT * FROM lanes WHERE account = ? ORDER BY lane");

  return {
    put(settings: LaneSettings): void {
      const { account, lane, paused, maxDepth, policy } = settings;
      const { since, by, reason } = paused ?? { since: null, by: null, reason: null };
      if (isPlain(settings)) forget.run(account, lane);
      else put.run(account, lane, since, by, reason, maxDepth, policy);
    },

    lane(account: string, lane: Lane): LaneSettings | null {
      const row = rowOf(one, account, lane);
      return row === undefined ? null : settingsOf(row);
    },

    lanes: (account: string): LaneSettings[] => [...rowsOf(all, account)].map(settingsOf),
  };
}
