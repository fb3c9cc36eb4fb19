/** Promise 1: nobody has his 2xx before the event is on the disk, whole. */
import type { Webhook } from "../happening.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const storedBeforeAccepted: MakeInvariant = ({ disk, counts }) => {
  const accepted = new Set<string>();

  function mustBeThere(id: string): void {
    const { events, removed } = disk.rows;
    if (!events.has(id) && !removed.has(id))
      throw new Broken(1, `${id} was accepted and is not in the store`);
  }

  function mustHaveCopy(id: string, session: string): void {
    const there = [...disk.rows.events.values(), ...disk.rows.removed.values()].some(
      ({ seen: { facts } }) => {
        const { copyOf, addressee } = facts.details ?? {};
        return copyOf === id && addressee === session;
      },
    );
    if (!there) throw new Broken(1, `${id} was accepted, and the copy for ${session} is not in the store`);
  }

  function look(id: string, { payload, lane }: Pick<Webhook, "payload" | "lane">): void {
    mustBeThere(id);
    accepted.add(id);
    const row = disk.rows.events.get(id);
    // Who tries again for long may be told of one that is no longer kept.
    if (row === undefined || row.seen.actor.context.emptied === true) return;
    if (row.content?.payload !== payload) throw new Broken(1, `the payload of ${id} is not what was sent`);
    if (row.seen.facts.lane !== lane) throw new Broken(1, `${id} is in another lane than it was sent to`);
    for (const session of row.seen.facts.details?.copies ?? []) mustHaveCopy(id, session);
  }

  return {
    promise: 1,
    title: "stored before accepted",
    sees(happening) {
      if (happening.kind === "server" && happening.up) for (const id of accepted) mustBeThere(id);
      if (happening.kind === "accepted") look(happening.id, happening.webhook);
      if (happening.kind === "sent") look(happening.id, { payload: happening.text, lane: happening.lane });
    },
    atEnd() {
      for (const id of accepted) mustBeThere(id);
      if (accepted.size === 0 && (counts.get("accepted") ?? 0) > 0) throw new Error("nothing was looked at");
    },
  };
};
