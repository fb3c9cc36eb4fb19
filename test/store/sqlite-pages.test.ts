import { expect, test } from "vitest";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { newFile } from "./files.ts";
import { ACCOUNT, acked, append, claimed, LANE, newEvent } from "./records.ts";

const STEPS = 200;

/** Each page is 4 KiB to be written and synced before anybody is answered. */
test("an ack with the claim that follows it writes fewer than six pages", async () => {
  const path = newFile();
  const db = openDatabase({ path });
  db.exec("PRAGMA wal_autocheckpoint = 0");
  const store = sqliteStore(db, path);
  const walPages = (): number => Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.log);
  for (let i = 0; i < 30; i++) await store.commit(Array.from({ length: 100 }, () => append(newEvent())));

  let held = null;
  let pages = 0;
  for (let i = 0; i < STEPS; i++) {
    const [head] = await store.heads(ACCOUNT, LANE, 1);
    if (head === undefined) throw new Error("nothing waits");
    const record = claimed(head, "s1");
    const before = walPages();
    const settled = held === null ? [] : [{ kind: "event" as const, record: acked(held) }];
    await store.commit([...settled, { kind: "event", record }]);
    pages += walPages() - before;
    held = { ...record, rev: record.rev + 1 };
  }
  await store.close();
  expect(pages / STEPS).toBeGreaterThan(3);
  expect(pages / STEPS).toBeLessThan(6);
});
