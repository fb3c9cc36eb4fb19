/** Promise 6: the same delivery of the same source is one event, however often it is sent. */
import type { Webhook } from "../happening.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const keyOf = ({ account, sourceId, deliveryId }: Webhook) => `${account} ${sourceId} ${deliveryId}`;

export const knownDeliveries: MakeInvariant = ({ disk, time }) => {
  const told = new Map<string, string>();
  const stored = new Map<string, string>();
  const storedAt = new Map<string, number>();
  const copies = new Map<string, string>();
  return {
    promise: 6,
    title: "known deliveries are not doubled",
    sees(happening) {
      if (happening.kind === "event" && happening.before === null) {
        const { id, account, sourceId, deliveryId, details } = happening.after.facts;
        if (details?.copyOf !== undefined) {
          const copy = `${details.copyOf} for ${details.addressee}`;
          if (copies.has(copy))
            throw new Broken(6, `${id} and ${copies.get(copy)} are both the copy of ${copy}`);
          copies.set(copy, id);
        }
        if (deliveryId === null) return;
        const key = `${account} ${sourceId} ${deliveryId}`;
        if (stored.has(key)) throw new Broken(6, `${id} and ${stored.get(key)} are the same delivery`);
        stored.set(key, id);
        storedAt.set(key, time.now);
      }
      // What was kept long enough is known no longer (`07-retention.ts`).
      if (happening.kind === "kept" && happening.what === "removed") {
        const { id, account, sourceId, deliveryId } = happening.before.facts;
        const key = `${account} ${sourceId} ${deliveryId}`;
        if (stored.get(key) === id) stored.delete(key);
        if (told.get(key) === id) told.delete(key);
      }
      if (happening.kind === "refused") {
        const key = keyOf(happening.webhook);
        // A full lane has no room for what is new; what is known needs none.
        if (stored.has(key) && (storedAt.get(key) ?? 0) < happening.askedAt)
          throw new Broken(6, `${key} was refused, and is ${stored.get(key)}`);
      }
      if (happening.kind !== "accepted" || happening.webhook.deliveryId === null) return;
      const { webhook, id } = happening;
      if (disk.rows.removed.has(id)) return;
      const before = told.get(keyOf(webhook)) ?? id;
      told.set(keyOf(webhook), before);
      if (before !== id) throw new Broken(6, `${webhook.deliveryId} was accepted as ${before} and as ${id}`);
    },
  };
};
