/** What sources of the simulated world have asked for, and how long a silence may then be: said once more, from outside. */
import type { EventFacts } from "../../src/domain/event.ts";
import type { Limits } from "../../src/domain/machines/limits.ts";
import type { Priority } from "../../src/domain/order.ts";

interface Own {
  remindSeconds: number;
  timeoutSeconds: number;
}

/** By their priority: the server's own, sooner, and later. */
export const OWN_DEADLINES: Readonly<Record<Priority, Own | null>> = {
  normal: null,
  // Not a minute: a plugin that looks after its session each minute would be heard in the very moment of the timeout.
  priority: { remindSeconds: 25, timeoutSeconds: 47 },
  interrupt: { remindSeconds: 100, timeoutSeconds: 470 },
};

export function silenceOf({ origin, priority }: EventFacts, limits: Limits) {
  const own = origin === "webhook" ? OWN_DEADLINES[priority] : null;
  const timeoutMs = own === null ? limits.timeoutMs : own.timeoutSeconds * 1_000;
  return {
    remindMs: own === null ? limits.remindMs : own.remindSeconds * 1_000,
    timeoutMs,
    /** An own timeout takes nothing from a session without hooks. */
    blindTimeoutMs: own === null ? limits.blindTimeoutMs : Math.max(timeoutMs, limits.blindTimeoutMs),
  };
}
