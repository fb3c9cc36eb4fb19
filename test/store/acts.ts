/** Short acts on a store, for its tests: each is one commit, and fails loudly if it was not stored. */
import type { EventFacts, EventRecord } from "../../src/domain/event.ts";
import type { EventInput } from "../../src/domain/machines/event.ts";
import type { Store, Write, WriteResult } from "../../src/domain/ports/store.ts";
import { append, newEvent } from "./records.ts";

export async function commitOne(store: Store, write: Write): Promise<WriteResult> {
  const [result] = await store.commit([write]);
  if (result === undefined) throw new Error("a write without a result");
  return result;
}

export async function mustStore(store: Store, write: Write): Promise<void> {
  const result = await commitOne(store, write);
  if (result.kind !== "stored") throw new Error(`${write.kind} was not stored: ${result.kind}`);
}

/** Appends a new event and returns it as it was stored. */
export async function add(
  store: Store,
  facts: Partial<EventFacts> = {},
  input: Partial<EventInput> = {},
): Promise<EventRecord> {
  const record = newEvent(facts, input);
  await mustStore(store, append(record));
  return stored(store, record.facts.id);
}

/** Replaces the event and returns it as it was stored. */
export async function put(store: Store, record: EventRecord): Promise<EventRecord> {
  await mustStore(store, { kind: "event", record });
  return stored(store, record.facts.id);
}

export async function stored(store: Store, id: string): Promise<EventRecord> {
  const record = await store.event(id);
  if (record === null) throw new Error(`${id} is not in the store`);
  return record;
}

export const idsOf = (records: readonly EventRecord[]): string[] => records.map(({ facts }) => facts.id);
