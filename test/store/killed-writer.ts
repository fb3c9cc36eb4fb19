/**
 * A process that a test kills at a random moment: it appends, claims and acks as fast as it can, and prints an id only
 * after the write of it has resolved. Argument: the store's path.
 */
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { add, put } from "./acts.ts";
import { ACCOUNT, acked, append, claimed, LANE, newContent, newEvent } from "./records.ts";

const [, , path = ""] = process.argv;
const store = await openSqliteStore({ path });
const left = await store.claimOf(ACCOUNT, "s1");
if (left !== null) await put(store, acked(left));
const unique = `${process.pid}`;

for (let round = 0; ; round++) {
  const batch = Array.from({ length: 6 }, (_, i) => newEvent({ id: `evt_${unique}_${round}_${i}` }));
  await Promise.all(
    batch.map(async (record) => {
      await store.commit([append(record, newContent("x".repeat(3_000)))]);
      console.log(`stored ${record.facts.id}`);
    }),
  );
  const [head] = await store.heads(ACCOUNT, LANE, 1);
  if (head === undefined) throw new Error("nothing waits");
  await put(store, acked(await put(store, claimed(head, "s1"))));
  console.log(`acked ${head.facts.id}`);
  await add(store, { id: `evt_${unique}_${round}_last` });
}
