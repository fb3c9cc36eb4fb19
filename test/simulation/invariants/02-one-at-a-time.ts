/** Promise 2: a session has one event in hand, an event is in one session's hands, and what is handed over is theirs. */
import { eventState } from "../../../src/domain/event.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const oneAtATime: MakeInvariant = ({ disk }) => {
  /** To which session each delivery of each event was sent. */
  const sentTo = new Map<string, string>();
  /** The events that each session has, as the disk says. */
  const inHand = new Map<string, Set<string>>();
  /** What each plugin process has shown last. */
  const showing = new Map<string, { eventId: string; delivery: number }>();

  const record = (id: string) => disk.rows.events.get(id)?.seen;

  return {
    promise: 2,
    title: "one at a time",
    sees(happening) {
      switch (happening.kind) {
        case "event": {
          const { before, after } = happening;
          const { id, account } = after.facts;
          inHand.get(`${account} ${before?.actor.context.claim?.session}`)?.delete(id);
          const holder = after.actor.context.claim?.session;
          if (holder === undefined) return;
          const held = inHand.get(`${account} ${holder}`) ?? new Set();
          inHand.set(`${account} ${holder}`, held.add(id));
          if (held.size > 1) throw new Broken(2, `${holder} has ${[...held].join(" and ")} in hand`);
          return;
        }
        case "said": {
          const { wire, frame } = happening;
          if (frame.case !== "deliver") return;
          const { eventId = "", delivery = 0 } = frame.value.of ?? {};
          const session = wire.session ?? "";
          const first = sentTo.get(`${eventId}/${delivery}`) ?? session;
          sentTo.set(`${eventId}/${delivery}`, first);
          if (first !== session)
            throw new Broken(2, `delivery ${delivery} of ${eventId} was sent to ${first} and to ${session}`);
          const claim = record(eventId)?.actor.context.claim;
          if (claim?.session !== session || claim.delivery !== delivery)
            throw new Broken(2, `${eventId} is sent to ${session}, in whose hands it is not`);
          return;
        }
        case "shown": {
          const { to, eventId, delivery } = happening;
          const before = showing.get(to.instance);
          showing.set(to.instance, { eventId, delivery });
          if (before === undefined || before.eventId === eventId) return;
          const other = record(before.eventId);
          const isHeld = other !== undefined && ["dispatching", "delivered"].includes(eventState(other));
          // Another process may have taken the session over, and the event with it.
          const holder = record(eventId)?.actor.context.claim?.session;
          const same = isHeld && other.actor.context.claim?.session === holder;
          if (same && other.actor.context.delivery === before.delivery)
            throw new Broken(
              2,
              `${to.client} was shown ${eventId} with ${before.eventId} still in its hands`,
            );
          return;
        }
        default:
          return;
      }
    },
  };
};
