/**
 * Brings a file's schema up to what this server knows, one numbered migration after the other, each in a transaction of
 * its own together with its number (`user_version`). A file that a newer server wrote is refused untouched.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { SignalboxError } from "../../domain/errors.ts";
import { first } from "./migrations/000001-first.ts";
import { fewerIndexes } from "./migrations/000002-fewer-indexes.ts";
import { calmIndexes } from "./migrations/000003-calm-indexes.ts";
import { details } from "./migrations/000004-details.ts";
import { coalescing } from "./migrations/000005-coalescing.ts";
import { ended } from "./migrations/000006-ended.ts";
import { crons } from "./migrations/000007-crons.ts";
import { kept } from "./migrations/000008-kept.ts";
import { lanes } from "./migrations/000009-lanes.ts";
import { gone } from "./migrations/000010-gone.ts";
import { omitted } from "./migrations/000011-omitted.ts";
import { turns } from "./migrations/000012-turns.ts";
import { tokens } from "./migrations/000013-tokens.ts";
import { heard } from "./migrations/000014-heard.ts";
import { signIn } from "./migrations/000015-sign-in.ts";

export interface Migration {
  version: number;
  sql: string;
}

/** In the order of their versions, from 1, without a gap. A migration that was released is never edited. */
export const MIGRATIONS: readonly Migration[] = [
  first,
  fewerIndexes,
  calmIndexes,
  details,
  coalescing,
  ended,
  crons,
  kept,
  lanes,
  gone,
  omitted,
  turns,
  tokens,
  heard,
  signIn,
];

/** `SBOX`, in the header of every file that is ours. */
const APPLICATION_ID = 0x53424f58;

const Pragma = z.looseObject({ user_version: z.number().optional(), application_id: z.number().optional() });

export function schemaVersion(db: DatabaseSync): number {
  return Pragma.parse(db.prepare("PRAGMA user_version").get()).user_version ?? 0;
}

/** Throws, having changed nothing, if the file is not ours to change. */
export function checkOurs(db: DatabaseSync, path: string, migrations = MIGRATIONS): void {
  const owner = Pragma.parse(db.prepare("PRAGMA application_id").get()).application_id;
  const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema").get();
  if (owner !== APPLICATION_ID && tables?.n !== 0) {
    throw new SignalboxError(
      "conflict",
      "store_foreign",
      `${path} is a database of another program`,
      "Choose another data folder, or move that file away",
    );
  }
  const version = schemaVersion(db);
  if (version < 1 && tables?.n !== 0) {
    throw new SignalboxError(
      "unavailable",
      "store_corrupt",
      `the store ${path} is damaged: it has tables and says that it has no schema`,
      "Restore the store from a backup; nothing was changed",
    );
  }
  if (version > migrations.length) {
    throw new SignalboxError(
      "conflict",
      "store_newer",
      `${path} has schema version ${version}, and this server knows none above ${migrations.length}`,
      "Start the newer server that wrote it, or restore the backup made before the upgrade; nothing was changed",
    );
  }
}

export function migrate(db: DatabaseSync, migrations = MIGRATIONS): void {
  for (const { version, sql } of migrations.slice(schemaVersion(db))) {
    db.exec("BEGIN IMMEDIATE");
    try {
      db.exec(sql);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
      db.exec("COMMIT");
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}
