/** Sessions as stored. */
import type { DatabaseSync } from "node:sqlite";
import type { WriteResult } from "../../domain/ports/store.ts";
import type { SessionRecord } from "../../domain/session.ts";
import { sessionKeys } from "../keys.ts";
import type { RecentRecords } from "./recent-records.ts";
import { sessionOf } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

const PRESENT = "SELECT * FROM sessions WHERE state <> 'gone'";
const PRESENT_OF = "SELECT * FROM sessions WHERE account = ? AND state <> 'gone'";

const GONE = "SELECT * FROM sessions WHERE gone_at <= ? ORDER BY gone_at";

export const sessionKey = ({ account, id }: Pick<SessionRecord, "account" | "id">): string =>
  `${account} ${id}`;

export function sessions(db: DatabaseSync, aside: SetAside, recent: RecentRecords<SessionRecord>) {
  const byId = db.prepare("SELECT * FROM sessions WHERE account = ? AND id = ?");
  const present = db.prepare(PRESENT);
  const presentOf = db.prepare(PRESENT_OF);
  const insert = db.prepare(`
    INSERT INTO sessions (state, due_at, gone_at, actor, rev, account, id) VALUES (?, ?, ?, ?, 1, ?, ?)
    ON CONFLICT DO NOTHING`);
  const update = db.prepare(`
    UPDATE sessions SET state = ?, due_at = ?, gone_at = ?, actor = ?, rev = rev + 1
    WHERE account = ? AND id = ? AND rev = ?`);
  const gone = db.prepare(GONE);

  return {
    put(record: SessionRecord): WriteResult {
      const { account, id, actor, rev } = record;
      const { state, dueAt, goneAt } = sessionKeys(record);
      const snapshot = JSON.stringify(actor);
      const { changes } =
        rev === 0
          ? insert.run(state, dueAt, goneAt, snapshot, account, id)
          : update.run(state, dueAt, goneAt, snapshot, account, id, rev);
      if (changes === 0) {
        recent.lost(sessionKey(record));
        return { kind: "conflict" };
      }
      recent.written({ ...record, rev: rev + 1 });
      return { kind: "stored" };
    },

    session(account: string, id: string): SessionRecord | null {
      const known = recent.get(sessionKey({ account, id }));
      if (known !== undefined) return known;
      const row = rowOf(byId, account, id);
      return row === undefined ? null : recent.read(sessionOf(row));
    },

    gone: (until: number, limit: number): SessionRecord[] =>
      aside.readable(rowsOf(gone, until), sessionOf, limit),

    sessions(account: string | null): SessionRecord[] {
      const rows = account === null ? rowsOf(present) : rowsOf(presentOf, account);
      return aside.readable(rows, sessionOf, Number.POSITIVE_INFINITY);
    },
  };
}
