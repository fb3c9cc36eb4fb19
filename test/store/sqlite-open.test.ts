import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { ENDED } from "../../src/domain/event.ts";
import { MIGRATIONS, schemaVersion } from "../../src/store/sqlite/migrate.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { openSqliteStore, sqliteStore } from "../../src/store/sqlite/store.ts";
import { add, stored } from "./acts.ts";
import { newFile } from "./files.ts";
import { ACCOUNT, AT, acked, claimed, LANE, newEvent } from "./records.ts";

const raw = (path: string, sql: string): void => {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
};

const replaced = (file: Buffer, text: string, by: string): Buffer =>
  Buffer.from(file.toString("latin1").replace(text, by), "latin1");

/** The header of a database file: https://sqlite.org/fileformat2.html#the_database_header */
function written(file: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = value;
  return copy;
}

/** The mode of each file that belongs to this store. */
const modesOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dirname(path))
      .filter((name) => name.startsWith(basename(path)))
      .map((name) => [
        name.slice(basename(path).length),
        (statSync(`${dirname(path)}/${name}`).mode & 0o777).toString(8),
      ]),
  );

describe("the schema", () => {
  test("migrations are numbered from 1 without a gap", () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test("a new file gets the newest schema", () => {
    const db = openDatabase({ path: newFile() });
    expect(schemaVersion(db)).toBe(MIGRATIONS.length);
    db.close();
  });

  test("a file of an older schema is brought up to date and keeps what it holds", async () => {
    const path = newFile();
    const store = await openSqliteStore({ path });
    const { facts } = await add(store);
    await store.close();

    const next = { version: MIGRATIONS.length + 1, sql: "CREATE TABLE later (id TEXT) STRICT" };
    const db = openDatabase({ path, migrations: [...MIGRATIONS, next] });
    expect(schemaVersion(db)).toBe(next.version);
    expect(db.prepare("SELECT id FROM events").get()).toEqual({ id: facts.id });
    db.close();
  });

  test("what had ended before it was noted when, is listed by its end, or else by when it came in", async () => {
    const path = newFile();
    const db = openDatabase({ path, migrations: MIGRATIONS.slice(0, 5) });
    const insert = db.prepare(`
      INSERT INTO events (id, account, lane, origin, priority, "from", type, received_at, bytes, state, band, rev, actor)
      VALUES (?, ?, ?, 'webhook', 'normal', 'ci', 'push', ?, 2, ?, 3, 2, ?)`);
    const { actor } = acked(claimed(newEvent(), "s1"));
    const { timeouts: _, ...context } = actor.context;
    const old = (value: string, settledAt: number | null) =>
      JSON.stringify({ ...actor, value, context: { ...context, settledAt } });
    insert.run("evt_done", ACCOUNT, LANE, AT, "acked", old("acked", AT + 5));
    insert.run("evt_cancelled", ACCOUNT, LANE, AT + 1, "cancelled", old("cancelled", null));
    insert.run("evt_waits", ACCOUNT, LANE, AT + 2, "queued", old("queued", AT + 9));
    insert.run("evt_torn", ACCOUNT, LANE, AT + 3, "acked", "{");
    db.close();

    const store = await openSqliteStore({ path });
    const found = await store.ended(ACCOUNT, { states: ENDED, order: "newest", limit: 10 });
    expect(found.map(({ facts }) => facts.id)).toEqual(["evt_done", "evt_cancelled"]);
    expect(found[0]?.actor.context.timeouts).toBe(0);
    expect((await stored(store, "evt_waits")).actor.value).toBe("queued");
    await store.close();
  });

  test("a migration that fails changes nothing, and the file still opens", async () => {
    const path = newFile();
    await (await openSqliteStore({ path })).close();
    const broken = { version: MIGRATIONS.length + 1, sql: "CREATE TABLE half (id TEXT); CREATE nonsense" };
    expect(() => openDatabase({ path, migrations: [...MIGRATIONS, broken] })).toThrow(/nonsense/);

    const db = openDatabase({ path });
    expect(schemaVersion(db)).toBe(MIGRATIONS.length);
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
    db.close();
  });

  test("a file that a newer server wrote is refused and not touched", async () => {
    const path = newFile();
    await (await openSqliteStore({ path })).close();
    raw(path, "PRAGMA user_version = 99");
    const before = readFileSync(path);

    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      kind: "conflict",
      code: "store_newer",
      message: expect.stringContaining("schema version 99"),
      cure: expect.stringContaining("nothing was changed"),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe("what is in the way is said in one line, with its cure", () => {
  test("another program's database is refused and not touched", async () => {
    const path = newFile();
    raw(path, "CREATE TABLE theirs (id TEXT)");
    const before = readFileSync(path);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: "store_foreign" });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("a file that is no database is refused", async () => {
    const path = newFile();
    writeFileSync(path, "not a database ".repeat(100));
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      kind: "unavailable",
      code: "store_corrupt",
    });
  });

  test.each([
    [
      "a schema that has lost a table's name",
      (file: Buffer) => replaced(file, "TABLE events", "TABLE evXnts"),
    ],
    ["a schema that has lost a column's name", (file: Buffer) => replaced(file, "hash TEXT", "hXsh TEXT")],
    ["a file format that SQLite does not know", (file: Buffer) => written(file, 47, 9)],
    ["a schema version that was set back", (file: Buffer) => written(file, 63, 0)],
    ["half of the file", (file: Buffer) => file.subarray(0, file.length / 2)],
  ])("%s is damage, and the file is left as it is", async (_, damage) => {
    const path = newFile();
    await (await openSqliteStore({ path })).close();
    const damaged = damage(readFileSync(path));
    writeFileSync(path, damaged);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      kind: "unavailable",
      code: "store_corrupt",
      cure: expect.stringContaining("backup"),
    });
    expect(readFileSync(path).equals(damaged)).toBe(true);
  });

  test("a folder that does not exist is named", async () => {
    const path = `${newFile()}.folder/box.db`;
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      code: "store_unopened",
      message: expect.stringContaining(path),
    });
  });

  test("a link to the file leads to the same lock", async () => {
    const path = newFile();
    const link = newFile();
    const store = await openSqliteStore({ path });
    symlinkSync(path, link);
    await expect(openSqliteStore({ path: link, lockWaitMs: 0 })).rejects.toMatchObject({
      code: "store_locked",
    });
    await store.close();
    const again = await openSqliteStore({ path: link });
    await again.close();
  });

  test("a link to a file that is not there yet is followed", async () => {
    const link = newFile();
    symlinkSync(newFile(), link);
    const store = await openSqliteStore({ path: link });
    await store.close();
  });

  test("a second server on the same file is refused, and the first goes on", async () => {
    const path = newFile();
    const first = await openSqliteStore({ path });
    const { facts } = await add(first);

    const refused = openSqliteStore({ path, lockWaitMs: 0 });
    await expect(refused).rejects.toMatchObject({
      kind: "unavailable",
      code: "store_locked",
      line: `the store ${path} is in use by another process. Stop the other server, or give this one a data folder of its own with SIGNALBOX_DATA_DIR.`,
    });
    expect(await stored(first, facts.id)).toMatchObject({ rev: 1 });
    await add(first);
    // The attempt has not broken the lock either.
    await expect(openSqliteStore({ path, lockWaitMs: 0 })).rejects.toMatchObject({ code: "store_locked" });
    await first.close();

    const second = await openSqliteStore({ path, lockWaitMs: 0 });
    expect(await stored(second, facts.id)).toMatchObject({ rev: 1 });
    await second.close();
  });
});

describe("the file", () => {
  test("every commit is synced to the disk", () => {
    const db = openDatabase({ path: newFile() });
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("synchronous")).toBe(2);
    expect(pragma("foreign_keys")).toBe(1);
    db.close();
  });

  test("is its user's alone, and so is what SQLite puts beside it", async () => {
    const path = newFile();
    const umask = process.umask(0);
    try {
      const store = await openSqliteStore({ path });
      await add(store);
      expect(modesOf(path)).toEqual({ "": "600", "-lock": "600", "-shm": "600", "-wal": "600" });
      await store.close();
      expect(modesOf(path)).toEqual({ "": "600", "-lock": "600" });
    } finally {
      process.umask(umask);
    }
  });

  test("that was copied here with a looser mode is made private", async () => {
    const path = newFile();
    writeFileSync(path, "", { mode: 0o644 });
    const store = await openSqliteStore({ path });
    await add(store);
    expect(modesOf(path)).toEqual({ "": "600", "-lock": "600", "-shm": "600", "-wal": "600" });
    await store.close();
  });

  test("can be read, and copied whole, while the server has it", async () => {
    const path = newFile();
    const store = await openSqliteStore({ path });
    const { facts } = await add(store);
    const other = new DatabaseSync(path, { readOnly: true });
    expect(other.prepare("SELECT id FROM events").get()).toEqual({ id: facts.id });
    await backup(other, `${path}.copy`);
    other.close();
    await add(store);
    await store.close();
    const copy = await openSqliteStore({ path: `${path}.copy` });
    expect(await stored(copy, facts.id)).toMatchObject({ rev: 1 });
    await copy.close();
  });

  test("its WAL starts over again and again, also while lists are cut short", async () => {
    const path = newFile();
    const db = openDatabase({ path });
    db.exec("PRAGMA wal_autocheckpoint = 10");
    // What the migrations have written is none of it.
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const store = sqliteStore(db, path);
    let largest = 0;
    for (let i = 0; i < 100; i++) {
      await add(store, {}, { delayMs: i % 2 });
      // A list that is left before its end must not keep the WAL from being checkpointed.
      await store.heads(ACCOUNT, LANE, 1);
      await store.due(AT + 1, 1);
      await store.nextDue();
      largest = Math.max(largest, statSync(`${path}-wal`).size);
    }
    await store.close();
    // What never starts over has grown to some megabytes by then.
    expect(largest).toBeLessThan(800_000);
  });

  test("may be memory alone", async () => {
    const store = await openSqliteStore({ path: ":memory:" });
    const { facts } = await add(store);
    expect(await stored(store, facts.id)).toMatchObject({ rev: 1 });
    await store.close();
  });
});
