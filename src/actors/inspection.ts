/**
 * Every step, once it is stored, told to whoever listens: in the form that XState's inspectors read
 * (`@xstate.snapshot`), with the record beside it for listeners of our own.
 */

import type { CronRecord } from "../domain/cron.ts";
import { dotted } from "../domain/machines/actor-state.ts";
import { type ActorRecord, keyOf } from "./address.ts";

export interface Step {
  type: "@xstate.snapshot";
  /** The actor: `event evt_…`, `session acc_… …` or `cron cron_…`. */
  sessionId: string;
  event: { type: string };
  snapshot: { value: unknown; context: unknown; status: "active" };
  record: ActorRecord | CronRecord;
  /** The state value as people read it: `delivered.attended.quiet`. */
  value: string;
}

export type Listener = (step: Step) => void;

export class Inspection {
  readonly #listeners = new Set<Listener>();

  /** Returns what ends the listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(record: ActorRecord | CronRecord, eventType: string): void {
    if (this.#listeners.size === 0) return;
    const { value, context } = record.actor;
    const step: Step = {
      type: "@xstate.snapshot",
      sessionId: record.kind === "cron" ? `cron ${record.id}` : keyOf(record),
      event: { type: eventType },
      snapshot: { value, context, status: "active" },
      record,
      value: dotted(value),
    };
    for (const listener of this.#listeners) {
      try {
        listener(step);
      } catch {
        // The step is stored, and who looks on has no say in it: a listener that fails hears no more.
        this.#listeners.delete(listener);
      }
    }
  }
}
