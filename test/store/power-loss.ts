/**
 * What a power loss may leave of SQLite's files. What was synced is there. Of what was written since, each sector may be
 * the new one, the old one, zeros or garbage, and a file may end anywhere in it; bytes beside those that were written are
 * unharmed, also in their sector (https://www.sqlite.org/psow.html, which SQLite takes for granted). A COMMIT writes in this order, with a sync
 * between (https://www.sqlite.org/wal.html, `walWriteHeader`, `walCheckpoint`):
 *
 *   header   of the WAL, where a checkpoint before let it start again from its beginning
 *   frames   behind it: the pages of the transaction
 *   pages    of the database itself, where this COMMIT was followed by a checkpoint; only then the WAL may start again
 *
 * The moment before a COMMIT and the one after it are known in full; a loss lies between the two.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Random } from "../../src/domain/ports/random.ts";

/** The two files, byte for byte. The third, `-shm`, is an index of the WAL that is made anew after a loss. */
export interface Disk {
  db: Buffer;
  wal: Buffer;
}

const SECTOR = 512;
/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const WAL_HEADER = 32;

export type Stage = "header" | "frames" | "pages";

export const readDisk = (path: string): Disk => ({
  db: readFileSync(path),
  wal: readFileSync(`${path}-wal`),
});

export function writeDisk(path: string, { db, wal }: Disk): void {
  writeFileSync(path, db);
  writeFileSync(`${path}-wal`, wal);
}

/** The stages that lay between the two moments. */
export function stagesBetween(before: Disk, after: Disk): Stage[] {
  const stages: Stage[] = [];
  if (!headerOf(before).equals(headerOf(after))) stages.push("header");
  if (!before.wal.equals(after.wal)) stages.push("frames");
  if (!before.db.equals(after.db)) stages.push("pages");
  return stages;
}

/** What is there when the power is back, if it went in this stage. */
export function loseBetween(before: Disk, after: Disk, stage: Stage, random: Random): Disk {
  switch (stage) {
    case "header": {
      const wal = Buffer.from(before.wal);
      torn(headerOf(before), headerOf(after), random).copy(wal);
      return { db: before.db, wal };
    }
    case "frames": {
      const behind = torn(before.wal.subarray(WAL_HEADER), after.wal.subarray(WAL_HEADER), random);
      return { db: before.db, wal: Buffer.concat([headerOf(after), behind]) };
    }
    case "pages":
      return { db: torn(before.db, after.db, random), wal: after.wal };
    default:
      return stage satisfies never;
  }
}

const headerOf = ({ wal }: Disk): Buffer => wal.subarray(0, WAL_HEADER);

/** The old bytes, some of which have become the new ones, and some neither. */
function torn(old: Buffer, next: Buffer, random: Random): Buffer {
  const most = Math.max(old.length, next.length);
  const found = Buffer.alloc(most);
  old.copy(found);
  const whole = random.fraction();
  const [first, end] = [firstOther(old, next), endOfOther(old, next)];
  for (let sector = first - (first % SECTOR); sector < end; sector += SECTOR) {
    const at = Math.max(sector, first);
    const written = next.subarray(at, Math.min(sector + SECTOR, end));
    if (written.equals(old.subarray(at, at + written.length))) continue;
    const fate = random.fraction();
    if (fate < whole) written.copy(found, at);
    else if (fate < whole + (1 - whole) / 3) found.fill(0, at, at + written.length);
    else if (fate < whole + ((1 - whole) * 2) / 3) found.set(random.bytes(written.length), at);
  }
  const grown = next.length - old.length;
  const length =
    grown > 0 && random.fraction() < 0.3 ? old.length + Math.floor(random.fraction() * grown) : most;
  return found.subarray(0, length);
}

/** Where the written part begins, and where it ends. */
function firstOther(old: Buffer, next: Buffer): number {
  let at = 0;
  while (at < next.length && next[at] === old[at]) at += 1;
  return at;
}

function endOfOther(old: Buffer, next: Buffer): number {
  let end = next.length;
  while (end > 0 && next[end - 1] === old[end - 1]) end -= 1;
  return end;
}
