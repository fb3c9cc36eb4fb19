import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { storeContract } from "./contract.ts";
import { newFile } from "./files.ts";

const paths = new WeakMap<object, string>();

async function openAt(path: string) {
  const store = await openSqliteStore({ path, lockWaitMs: 0 });
  paths.set(store, path);
  return store;
}

storeContract({
  name: "SQLite, in a file",
  open: () => openAt(newFile()),
  async reopen(store) {
    const path = paths.get(store);
    if (path === undefined) throw new Error("not a store of this test");
    await store.close();
    return openAt(path);
  },
});

storeContract({ name: "SQLite, in memory", open: () => openSqliteStore({ path: ":memory:" }) });
