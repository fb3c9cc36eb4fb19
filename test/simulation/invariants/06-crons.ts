/** Promise 6 of crons: a time makes one event, whatever is restarted when and however the clock is set; and none before it comes. */
import { periodOf } from "../owner.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const cronsFireOnce: MakeInvariant = (world) => {
  const fired = new Map<string, string>();
  /** Every schedule that a cron has had. */
  const expressions = new Map<string, Set<string>>();
  const owners = new Map<string, string>();
  return {
    promise: 6,
    title: "a time of a cron fires once",
    sees(happening) {
      if (happening.kind === "cron") {
        const { id, account, actor } = happening.after;
        owners.set(id, account);
        expressions.set(id, (expressions.get(id) ?? new Set()).add(actor.context.expression));
      }
      if (happening.kind !== "event" || happening.before !== null) return;
      const { id, account, origin, sourceId, details, receivedAt } = happening.after.facts;
      if (origin !== "cron" || sourceId === null) return;
      if (owners.get(sourceId) !== account)
        throw new Broken(9, `${id} is made by ${sourceId}, which is no cron of its account`);
      const time = details?.due?.at;
      if (time === undefined || details?.replayOf !== undefined) return;
      // One for each session is one a session (`06-known-deliveries.ts`).
      if (details?.copyOf !== undefined) return world.count("cron fired for each");
      const key = `${sourceId} ${time}`;
      const before = fired.get(key);
      if (before !== undefined && world.disk.rows.events.has(before))
        throw new Broken(6, `${id} and ${before} are the same time of ${sourceId}`);
      fired.set(key, id);
      const isOwn = [...(expressions.get(sourceId) ?? [])].some((one) => time % periodOf(one) === 0);
      if (!isOwn) throw new Broken(6, `${id} is made for a time that ${sourceId} does not have`);
      if (time > receivedAt) throw new Broken(6, `${id} is made before its time`);
      world.count("cron fired");
      if (receivedAt - time >= 60_000) world.count("cron fired late");
    },
  };
};
