/**
 * What the indices of every store are made of: derived from the record when it is written, said nowhere else. The state
 * is the machine's (promise 11), the band follows from it (promise 3), the claim is the one on the event.
 */

import { CRON_STATES, type CronRecord, type CronState } from "../domain/cron.ts";
import {
  EVENT_STATES,
  type EventKeys,
  type EventRecord,
  type EventState,
  endedAt,
  keptFor,
} from "../domain/event.ts";
import { dotted, nextDue, outermost, type StateValue } from "../domain/machines/actor-state.ts";
import { bandOf } from "../domain/order.ts";
import { SESSION_STATES, type SessionRecord, type SessionState } from "../domain/session.ts";

export function eventKeys(record: Pick<EventRecord, "facts" | "actor">): EventKeys {
  const { facts, actor } = record;
  const state = known<EventState>(EVENT_STATES, actor.value, facts.id);
  return {
    state,
    band: bandOf(facts.priority, state),
    claimedBy: actor.context.claim?.session ?? null,
    keptFor: keptFor({ actor }),
    dueAt: nextDue(actor.timers),
    endedAt: endedAt(record),
  };
}

export interface SessionKeys {
  state: SessionState;
  /** When the next timer is due. */
  dueAt: number | null;
  /** Null: it is not gone. */
  goneAt: number | null;
}

export function sessionKeys({ id, actor }: Pick<SessionRecord, "id" | "actor">): SessionKeys {
  const state = known<SessionState>(SESSION_STATES, actor.value, id);
  const { goneAt, connectedAt } = actor.context;
  return { state, dueAt: nextDue(actor.timers), goneAt: state === "gone" ? (goneAt ?? connectedAt) : null };
}

export interface CronKeys {
  state: CronState;
  nextAt: number | null;
  reckonedAt: number;
}

export function cronKeys({ id, actor }: Pick<CronRecord, "id" | "actor">): CronKeys {
  const { nextAt, reckonedAt } = actor.context;
  return { state: known<CronState>(CRON_STATES, actor.value, id), nextAt, reckonedAt };
}

/** A machine's passing state (`arriving`) has no place in the store: that it comes here is a bug of the caller. */
function known<State extends string>(states: readonly State[], value: StateValue, id: string): State {
  const outer = outermost(value);
  const state = states.find((name) => name === outer);
  if (state === undefined) throw new Error(`${id} is in "${dotted(value)}", which is no state to be stored`);
  return state;
}
