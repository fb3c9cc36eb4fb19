/** What a server has left in its store: events in every kind of state, sessions, a source, a token. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { Box, SECOND } from "../../world/box.ts";
import { SimulatedClock } from "../../world/simulated-clock.ts";

export const TABLES = ["accounts", "tokens", "sources", "server", "events", "contents", "sessions"] as const;
export type Table = (typeof TABLES)[number];
export type Row = Record<string, SQLInputValue>;

export interface StoredWorld {
  rows: Record<Table, Row[]>;
  /** The whole file. */
  file: Buffer;
  /** When it was left. */
  wall: number;
  profileId: string;
}

export async function storedWorld(): Promise<StoredWorld> {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-stored-"));
  try {
    const path = join(folder, "signalbox.db");
    const clock = new SimulatedClock();
    const box = await Box.start({ path, clock });
    const { account, sources, tokens } = box.box;
    await sources.create(account, {
      slug: "github",
      scheme: "github",
      routes: { "*": "/x" },
      eventType: { body: "a" },
    });
    await tokens.issue(account.id, "mine", "session", ["deploys"]);
    await eventsOf(box);
    await clock.pass(5 * SECOND);
    const wall = clock.now();
    await box.kill();
    return { rows: rowsIn(path), file: readFileSync(path), wall, profileId: account.profileId };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Acked, dead, scheduled, delivered to s2, dispatching to s3, and two that wait. */
async function eventsOf(box: Box): Promise<void> {
  await box.arrives();
  const first = await box.plugin({ session: "s1" }).connect();
  await first.acks(first.last, { ready: false });
  for (const outcome of ["failed", "retry"] as const) {
    await box.arrives();
    await first.says({});
    await first.taken();
    await first.acks(first.last, { outcome, ready: false });
  }
  await first.loses();
  for (const session of ["s2", "s3"]) {
    await box.arrives({ lane: `tag:${session}` });
    const plugin = await box
      .plugin({ session, instance: `instance-of-${session}`, lane: `tag:${session}` })
      .connect();
    if (session === "s2") await plugin.taken();
  }
  await box.arrives({ lane: "tag:waiting", deliveryId: "d-1" });
  await box.arrives({ lane: "tag:waiting", priority: "priority" });
}

function rowsIn(path: string): Record<Table, Row[]> {
  const db = new DatabaseSync(path);
  const rows = (table: Table): Row[] => db.prepare(`SELECT * FROM ${table}`).all() as Row[]; // What SQLite gives, it takes.
  const all = Object.fromEntries(TABLES.map((table) => [table, rows(table)])) as Record<Table, Row[]>;
  db.close();
  return all;
}
