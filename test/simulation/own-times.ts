/** What sources of the simulated world say of matters and times, said once more from outside. */
import type { CoalesceRule } from "../../src/domain/coalescing.ts";

export const HABITS = ["plain", "coalescing", "late", "fleeting", "fanned"] as const;
export type Habit = (typeof HABITS)[number];

interface Own {
  coalesce?: CoalesceRule;
  deliverAfter?: number;
  expiresAfterSeconds?: number;
  fanout?: "all";
}

export const OWN_TIMES: Readonly<Record<Habit, Own>> = {
  plain: {},
  coalescing: { coalesce: { key: "/matter", windowSeconds: 600 } },
  late: { coalesce: { key: "/matter", windowSeconds: 600 }, deliverAfter: 40 },
  fleeting: { expiresAfterSeconds: 120, deliverAfter: 5 },
  fanned: { fanout: "all" },
};

/** What a payload is about; null: nothing that could coalesce. */
export function matterOf(payload: string): string | null {
  const found = /^\{"matter":(\d+),/.exec(payload);
  return found?.[1] ?? null;
}
