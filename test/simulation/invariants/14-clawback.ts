/**
 * Promises 4 and 14, of Clawback's plugin: what its own timer says is a silence and no success; an event that was given to it is done only
 * by the ack of that very delivery; and it is taken from it for silence only when that plugin has let go of it, too.
 */
import { PLUGIN_WAITS_MS } from "../../../src/clawback/silence.ts";
import { type EventRecord, eventState } from "../../../src/domain/event.ts";
import type { Happening } from "../happening.ts";
import type { WireSeen } from "../network/wire-seen.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const TOLERANCE_MS = 2_000;
const LOOKS_EVERY_MS = 5_000;
/** Nothing heard, and a look that comes late. */
const SILENT_MS = 80_000 + 25_000 + TOLERANCE_MS;

export const clawback: MakeInvariant = ({ time, network }) => {
  let lookedAt = 0;
  /** When each of their streams was heard last. */
  const heardAt = new Map<WireSeen, number>();
  /** By event and delivery: when it went to one of its plugins. */
  const sentAt = new Map<string, number>();
  /** Deliveries that Claude has acked there. */
  const acked = new Set<string>();

  function written(before: EventRecord | null, after: EventRecord): void {
    if (before === null) return;
    const { id } = after.facts;
    const [then, now] = [before.actor.context, after.actor.context];
    if (eventState(after) === "acked" && eventState(before) !== "acked") {
      const of = `${id} ${now.settledDelivery}`;
      if (sentAt.has(of) && !acked.has(of))
        throw new Broken(14, `delivery ${now.settledDelivery} of ${id} is done, and nobody has said so`);
    }
    const at = sentAt.get(`${id} ${then.delivery}`);
    if (then.claim === null || now.claim !== null || now.reason !== "timed_out" || at === undefined) return;
    if (time.now - at < PLUGIN_WAITS_MS - TOLERANCE_MS)
      throw new Broken(
        14,
        `${id} was taken from ${then.claim.session} after ${Math.round(time.now - at)} ms`,
      );
  }

  function look(): void {
    lookedAt = time.now;
    for (const socket of network.sockets) {
      if (socket.server.over || socket.server.life.over) heardAt.delete(socket);
      else if (time.now - (heardAt.get(socket) ?? time.now) > SILENT_MS)
        throw new Broken(7, `the stream of ${socket.session}, which is silent for long, stays`);
    }
  }

  return {
    promise: 14,
    title: "clawback's timer is a silence",
    sees(happening: Happening) {
      if (happening.kind === "heard" && happening.wire.speaksClawback) heardAt.set(happening.wire, time.now);
      if (happening.kind === "said" && happening.wire.speaksClawback && happening.frame.case === "deliver") {
        const { eventId, delivery } = happening.frame.value.of ?? {};
        const of = `${eventId} ${delivery}`;
        sentAt.set(of, sentAt.get(of) ?? time.now);
      }
      if (happening.kind === "acks" && happening.delivery !== undefined)
        acked.add(`${happening.eventId} ${happening.delivery}`);
      if (happening.kind === "event") written(happening.before, happening.after);
    },
    stepped() {
      if (time.now - lookedAt >= LOOKS_EVERY_MS) look();
    },
  };
};
