/**
 * What cannot be read must not stop what can. Asked for by its id, an unreadable record is an error; a listing leaves it
 * out and takes the next, so that a lane goes on behind it and other timers run. Each is told once.
 */
import { SignalboxError } from "../../domain/errors.ts";
import { UNREADABLE } from "./rows.ts";

type Row = Record<string, unknown>;

export interface SetAside {
  /** The first `most` of the rows that can be read; rows beyond them are not fetched. */
  readable<T>(rows: Iterable<Row>, read: (row: Row) => T, most: number): T[];
  /** This record could not be read before. Needs the row's `account` and `id`. */
  has(row: Row): boolean;
}

export function setAside(tell: (problem: SignalboxError) => void): SetAside {
  const known = new Set<string>();
  const keyOf = (row: Row) => `${row.account} ${row.id}`;

  function leaveOut(row: Row, error: unknown): void {
    if (!(error instanceof SignalboxError) || error.code !== UNREADABLE) throw error;
    if (known.has(keyOf(row))) return;
    known.add(keyOf(row));
    tell(error);
  }

  return {
    has: (row) => known.has(keyOf(row)),
    readable(rows, read, most) {
      const found: ReturnType<typeof read>[] = [];
      if (most <= 0) return found;
      for (const row of rows) {
        try {
          found.push(read(row));
        } catch (error) {
          leaveOut(row, error);
        }
        if (found.length >= most) break;
      }
      return found;
    },
  };
}
