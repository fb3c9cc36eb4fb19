/**
 * A new event on its way past the ticks: nobody else knows it yet. `superseded`: it takes the place of this one, and is not stored
 * where that has changed meanwhile (`conflict`).
 */
import type { EventContent, EventRecord } from "../domain/event.ts";
import type { Store, WriteResult } from "../domain/ports/store.ts";
import type { Inspection } from "./inspection.ts";
import type { Stepped } from "./step.ts";

export interface NewEvent {
  stepped: Stepped<EventRecord>;
  content: EventContent;
  superseded?: Stepped<EventRecord>;
}

/** Resolves when it is stored, or when it is known that it is not to be. */
export async function storeNew(
  { store, inspection }: { store: Store; inspection: Inspection },
  { stepped: { record }, content, superseded }: NewEvent,
): Promise<WriteResult> {
  const supersedes = superseded === undefined ? {} : { supersedes: superseded.record };
  const [result] = await store.commit([{ kind: "append", record, content, ...supersedes }]);
  if (result === undefined) throw new Error("the store gave no result for one write");
  if (result.kind === "stored") {
    if (superseded !== undefined) inspection.publish(superseded.record, "supersede");
    inspection.publish(record, "append");
  }
  return result;
}
