/**
 * Promise 5: nothing is shown twice unless it says that it comes back, and nothing is taken from a session whose link has
 * not been gone for the whole of its grace.
 */
import { eventState } from "../../../src/domain/event.ts";
import { accountOf } from "../account-of.ts";
import type { Happening } from "../happening.ts";
import type { WireSeen } from "../network/wire-seen.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** A second of drift is not made up for; the rest is for the code. */
const TOLERANCE_MS = 1_500;

export const resumption: MakeInvariant = ({ limits, serverTime, disk }) => {
  const current = new Map<string, WireSeen>();
  /** When a session's stream was lost, in the server's time. */
  const lostAt = new Map<string, number>();
  const shown = new Set<string>();
  const shownAnywhere = new Set<string>();

  function shows({ to, by, eventId, delivery, text, unsure }: Extract<Happening, { kind: "shown" }>): void {
    const of = `${eventId}/${delivery}`;
    const mine = `${to.instance} ${to.conversation} ${of}`;
    const [here, anywhere] = [shown.has(mine), shownAnywhere.has(of)];
    shown.add(mine);
    shownAnywhere.add(of);
    const head = text.slice(0, text.indexOf("\n<payload-"));
    const marked = head.includes("shown again because") || head.includes("comes back");
    if (delivery > 1 && !marked) throw new Broken(5, `${of} does not say that it comes back`);
    // Whoever asks for it gets it as often as he asks.
    if (marked || unsure || by === "event_take") return;
    if (here) throw new Broken(5, `${to.client} was shown ${of} twice`);
    if (anywhere)
      throw new Broken(
        5,
        `${to.client} is shown ${of}, which another conversation has seen, as if it were new`,
      );
  }

  function written({ before, after }: Extract<Happening, { kind: "event" }>): void {
    const claim = before?.actor.context.claim ?? null;
    if (before === null || claim === null) return;
    const leaves = after.actor.context.claim === null || after.actor.context.delivery > claim.delivery;
    if (!leaves || after.actor.context.reason !== "away" || eventState(after) === "acked") return;
    const lost = lostAt.get(`${before.facts.account} ${claim.session}`);
    const goneMs = lost === undefined ? 0 : serverTime.ms - lost;
    if (goneMs < limits.graceMs - TOLERANCE_MS)
      throw new Broken(
        5,
        `${after.facts.id} was taken from ${claim.session} after ${Math.round(goneMs)} ms of its grace`,
      );
  }

  const keyOf = (wire: WireSeen, account: string) => `${account} ${wire.session}`;

  return {
    promise: 5,
    title: "resumption",
    sees(happening) {
      switch (happening.kind) {
        case "shown":
          return shows(happening);
        case "event":
          return written(happening);
        case "said": {
          const { wire, frame } = happening;
          if (frame.case !== "welcome") return;
          const account = accountOf(wire, disk.rows.tokens);
          current.set(keyOf(wire, account), wire);
          lostAt.delete(keyOf(wire, account));
          return;
        }
        case "lost": {
          const { wire } = happening;
          const key = keyOf(wire, accountOf(wire, disk.rows.tokens));
          if (wire.session === null || current.get(key) !== wire) return;
          current.delete(key);
          lostAt.set(key, serverTime.ms);
          return;
        }
        case "server":
          // Every session has its full grace from here on.
          if (happening.up) for (const key of lostAt.keys()) lostAt.set(key, serverTime.ms);
          return;
        default:
          return;
      }
    },
  };
};
