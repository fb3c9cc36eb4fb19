/** Promise 14: only silence is silence: nothing is taken from a session that works, and only attempts lead to the dead. */
import { CLIENT } from "../../../src/clawback/seats.ts";
import { eventState } from "../../../src/domain/event.ts";
import type { Happening } from "../happening.ts";
import { silenceOf } from "../own-deadlines.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** A second of drift is not made up for; the rest is for the code. */
const TOLERANCE_MS = 2_000;

export const silenceIsNotSuccess: MakeInvariant = (world) => {
  const { limits, serverTime, disk } = world;
  const { sessions } = world;
  /** Server time at which an event was delivered. */
  const deliveredAt = new Map<string, number>();

  function written({ before, after }: Extract<Happening, { kind: "event" }>): void {
    const { id, account } = after.facts;
    const now = after.actor.context;
    const [from, to] = [before === null ? "" : eventState(before), eventState(after)];
    if (to === "delivered" && (from !== "delivered" || before?.actor.context.delivery !== now.delivery))
      deliveredAt.set(id, serverTime.ms);
    if (to === "dead" && now.outcome !== "failed" && now.attempts < limits.maxAttempts)
      throw new Broken(14, `${id} is dead after ${now.attempts} attempts`);
    const claim = before?.actor.context.claim ?? null;
    if (claim === null || (now.claim !== null && now.delivery === claim.delivery)) return;
    if (to === "acked" || now.outcome === "failed") return;
    // Of Clawback's plugin its own timer is heard (`14-clawback.ts`).
    const { client } = disk.rows.sessions.get(`${account} ${claim.session}`)?.seen.actor.context ?? {};
    if (now.reason === "timed_out" && client !== CLIENT) {
      const { lives, tool } = sessions.of(account, claim.session) ?? { lives: [], tool: false };
      // What is heard while the tick that gives it back is being stored comes too late for it.
      const lifeAt = lives.findLast((at) => at < serverTime.ms - TOLERANCE_MS) ?? lives[0] ?? 0;
      const silentMs = serverTime.ms - lifeAt;
      const { timeoutMs, blindTimeoutMs } = silenceOf(after.facts, limits);
      const silence = claim.hooks ? timeoutMs : blindTimeoutMs;
      const leastMs = silence + (tool ? limits.toolMs : 0);
      if (silentMs < leastMs - TOLERANCE_MS)
        throw new Broken(
          14,
          `${id} was taken from ${claim.session}, silent for only ${Math.round(silentMs)} ms`,
        );
    }
    if (now.reason === "held_too_long") {
      const heldMs = serverTime.ms - (deliveredAt.get(id) ?? 0);
      if (heldMs < limits.holdMs - TOLERANCE_MS)
        throw new Broken(14, `${id} was taken from ${claim.session} after only ${Math.round(heldMs)} ms`);
    }
  }

  function reminded({ wire, frame }: Extract<Happening, { kind: "said" }>): void {
    if (frame.case !== "remind") return;
    const row = disk.rows.events.get(frame.value.of?.eventId ?? "");
    const session = sessions.ofWire(wire);
    if (row === undefined || session === undefined) return;
    const silentMs = serverTime.ms - session.lifeAt;
    if (silentMs < silenceOf(row.seen.facts, limits).remindMs - TOLERANCE_MS)
      throw new Broken(
        14,
        `${wire.session} is reminded of ${row.seen.facts.id} after only ${Math.round(silentMs)} ms`,
      );
  }

  return {
    promise: 14,
    title: "silence is not success",
    sees(happening) {
      if (happening.kind === "event") written(happening);
      if (happening.kind === "said") reminded(happening);
    },
  };
};
