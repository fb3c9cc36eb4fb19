/**
 * An actor as stored: XState's state value and context, its timers, and the version of the machine that wrote it.
 * A delayed transition comes back from `transition` as a delayed raise; it is kept here until it is due (promise 7).
 */
import type { AnyStateMachine } from "xstate";
import { z } from "zod";

export const StoredTimer = z.object({
  /** XState's id of the delayed raise: setting it again replaces it, leaving the state cancels it. */
  id: z.string(),
  /** The event that is sent to the actor when due. */
  event: z.looseObject({ type: z.string() }),
  /** Wall clock, Unix milliseconds. */
  dueAt: z.number(),
  /** A span does not run while the server is down, nor with a jump of the wall clock; the wall clock's own does. */
  runs: z.enum(["span", "wall"]),
});
export type StoredTimer = z.infer<typeof StoredTimer>;

/** The event is let go then, unless somebody has it in hand. */
export const isExpiry = ({ id }: Pick<StoredTimer, "id">): boolean => id.startsWith("xstate.after.expiry.");

/** XState's state value: a name, or names within names. */
export type StateValue = string | { [region: string]: StateValue | undefined };
export const StateValue: z.ZodType<StateValue> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), StateValue)]),
);

export interface ActorState<Context> {
  version: number;
  value: StateValue;
  context: Context;
  timers: StoredTimer[];
}

/** Of an actor of this machine: a state that it does not have is found when read, not in its next step. */
export function actorStateSchema<Context>(
  machine: AnyStateMachine,
  context: z.ZodType<Context>,
): z.ZodType<ActorState<Context>> {
  const states = new Set(leavesOf(machine.root));
  const value = StateValue.refine((value) => states.has(dotted(value)), "is no state of its machine");
  return z.object({ version: z.literal(1), value, context, timers: z.array(StoredTimer) });
}

/** The states that an actor rests in, as `dotted` writes them. */
function leavesOf({ path, states }: Pick<AnyStateMachine["root"], "path" | "states">): string[] {
  const inner = Object.values(states);
  return inner.length === 0 ? [path.join(".")] : inner.flatMap(leavesOf);
}

/** The outermost state: what is stored as an event's or session's state. */
export function outermost(value: StateValue): string {
  return typeof value === "string" ? value : (Object.keys(value)[0] ?? "");
}

/** `delivered.attended.quiet`, as people read a state value. */
export function dotted(value: StateValue): string {
  if (typeof value === "string") return value;
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? name : `${name}.${dotted(inner)}`))
    .join(" | ");
}

/** When the first timer is due; null: none is set. */
export function nextDue(timers: readonly StoredTimer[]): number | null {
  return timers.length === 0 ? null : Math.min(...timers.map((timer) => timer.dueAt));
}
