/** Promise 4: an ack counts once, only what was acked is done, and what is done is not delivered again. */

import { AckStatus } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { type EventRecord, eventState } from "../../../src/domain/event.ts";
import type { Happening } from "../happening.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const ackedOnce: MakeInvariant = ({ disk }) => {
  /** `event outcome` that a Claude has said, by name. */
  const said = new Set<string>();
  /** Who was given each event: an ack that names none may mean any of theirs. */
  const givenTo = new Map<string, Set<string>>();
  const unnamed = new Set<string>();
  const settled = new Set<string>();
  /** By plugin process and event: the delivery that its Claude has acked, and was told so. */
  const done = new Map<string, number>();
  const lastShown = new Map<string, number>();

  const rowOf = (id: string) => disk.rows.events.get(id) ?? disk.rows.removed.get(id);
  const state = (id: string) => rowOf(id)?.keys.state;

  function mustHaveBeenSaid(after: EventRecord, outcome: string): void {
    const { id } = after.facts;
    const byName = said.has(`${id} ${outcome}`);
    const byWhomItWasGiven = [...(givenTo.get(id) ?? [])].some((instance) =>
      unnamed.has(`${instance} ${outcome}`),
    );
    if (!byName && !byWhomItWasGiven)
      throw new Broken(4, `${id} is ${eventState(after)}, and nobody has said so`);
  }

  function written({ before, after }: Extract<Happening, { kind: "event" }>): void {
    if (before === null) return;
    const [from, to] = [eventState(before), eventState(after)];
    if (from === "acked") {
      const [then, now] = [before.actor.context, after.actor.context];
      if (to !== "acked" || then.settledAt !== now.settledAt || then.settledDelivery !== now.settledDelivery)
        throw new Broken(4, `${after.facts.id} was acked, and then ${to}`);
      return;
    }
    if (to === "acked") mustHaveBeenSaid(after, "done");
    const { outcome, settledAt } = after.actor.context;
    if (
      outcome !== null &&
      outcome !== "done" &&
      settledAt !== before.actor.context.settledAt &&
      to !== "acked"
    )
      if (to === "scheduled" || (to === "dead" && outcome === "failed")) mustHaveBeenSaid(after, outcome);
  }

  function serverSays({ frame }: Extract<Happening, { kind: "said" }>): void {
    if (frame.case === "deliver") {
      const { eventId = "" } = frame.value.of ?? {};
      if (state(eventId) === "acked") throw new Broken(4, `${eventId} is acked, and delivered again`);
    }
    if (frame.case !== "acked" || frame.value.status !== AckStatus.SETTLED || frame.value.state !== "acked")
      return;
    const { eventId = "", delivery = 0 } = frame.value.of ?? {};
    if (state(eventId) !== "acked")
      throw new Broken(4, `${eventId} is called done, and is ${state(eventId)}`);
    const by = rowOf(eventId)?.seen.actor.context.settledDelivery;
    if (by !== delivery)
      throw new Broken(4, `delivery ${delivery} of ${eventId} is called done; it was ${by}`);
    if (settled.has(eventId)) throw new Broken(4, `an ack of ${eventId} was settled twice`);
    settled.add(eventId);
  }

  return {
    promise: 4,
    title: "at least once, acked once",
    sees(happening) {
      switch (happening.kind) {
        case "event":
          return written(happening);
        case "said":
          return serverSays(happening);
        case "acks":
          if (happening.eventId !== null) said.add(`${happening.eventId} ${happening.outcome}`);
          else unnamed.add(`${happening.by.instance} ${happening.outcome}`);
          return;
        case "told": {
          const { to, eventId, outcome, text, failed } = happening;
          if (failed || outcome !== "done") return;
          if (/ is done\.|is kept, not confirmed/.test(text))
            done.set(`${to.instance} ${eventId}`, lastShown.get(`${to.instance} ${eventId}`) ?? 0);
          if (text.includes(`${eventId} is done.`) && state(eventId) !== "acked")
            throw new Broken(4, `Claude was told that ${eventId} is done; it is ${state(eventId)}`);
          return;
        }
        case "reached": {
          const { to, eventId } = happening;
          givenTo.set(eventId, (givenTo.get(eventId) ?? new Set()).add(to.instance));
          return;
        }
        case "shown": {
          const { to, eventId, delivery } = happening;
          const mine = `${to.instance} ${eventId}`;
          lastShown.set(mine, delivery);
          if (done.get(mine) === delivery)
            throw new Broken(
              4,
              `${to.client} has acked delivery ${delivery} of ${eventId}, and is shown it again`,
            );
          return;
        }
        default:
          return;
      }
    },
  };
};
