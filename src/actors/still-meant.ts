/** What a later step of the same tick took out of a session's hands is not sent to it (promise 2): an ack may come with a lost turn. */
import { type ActorRecord, keyOf } from "./address.ts";
import type { Effect } from "./effect.ts";

/** `written`: the records as the tick has left them. */
export function stillMeant(effects: readonly Effect[], written: readonly ActorRecord[]): Effect[] {
  if (!effects.some(({ kind }) => kind === "deliver")) return [...effects];
  const left = new Map(written.map((record) => [keyOf(record), record]));
  return effects.filter((effect) => {
    if (effect.kind !== "deliver") return true;
    const record = left.get(keyOf(effect.record));
    if (record?.kind !== "event") return true;
    const { claim } = record.actor.context;
    const { session, epoch, delivery } = effect.claim;
    return claim?.session === session && claim.epoch === epoch && claim.delivery === delivery;
  });
}
