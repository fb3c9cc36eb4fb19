/** The simulated store is a store: what the simulation finds could happen on a real one. */
import { storeContract } from "../../store/contract.ts";
import { Rows } from "./rows.ts";
import { simulatedStore, type Temper } from "./store.ts";

const kept = new WeakMap<object, Rows>();

function openOn(rows: Rows, loose: boolean) {
  const instant = () => Promise.resolve();
  const temper: Temper = {
    reading: instant,
    committing: instant,
    answering: instant,
    fails: () => false,
    loose: () => loose,
    // The contract's own tests of batches speak of their order.
    shuffled: (all) => [...all],
    leftOf: (writes) => [...writes],
  };
  const store = simulatedStore(rows, temper);
  kept.set(store, rows);
  return store;
}

for (const loose of [false, true]) {
  storeContract({
    name: `simulated, ${loose ? "write by write" : "batch by batch"}`,
    open: async () => openOn(new Rows({ eventWritten() {}, sessionWritten() {}, cronWritten() {} }), loose),
    async reopen(store) {
      const rows = kept.get(store);
      if (rows === undefined) throw new Error("not a store of this test");
      await store.close();
      return openOn(rows, loose);
    },
  });
}
