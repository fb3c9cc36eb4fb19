/** Turns the named actions of the machines into effects. XState's own (assign, raise, cancel) are none. */
import type { EventRecord } from "../domain/event.ts";
import type { EventContext } from "../domain/machines/event-words.ts";
import type { SessionContext } from "../domain/machines/session.ts";
import type { SessionRecord } from "../domain/session.ts";
import type { EventEffect, SessionEffect } from "./effect.ts";
import type { Action } from "./transitions.ts";

/** `info.context` is the memory at the moment of the action: the claim is still there when its release is told, and the lane that is left. */
export function eventEffect(record: EventRecord, action: Action): EventEffect[] {
  const { claim } = action.info.context as EventContext;
  switch (action.type) {
    case "confirm": {
      const { status } = action.params as { status: "settled" | "repeated" | "late" };
      return [{ kind: "confirm", record, status }];
    }
    case "offer":
    case "runs":
      return [{ kind: action.type, record }];
    case "deliver":
    case "remind":
    case "release":
      return claim === null ? [] : [{ kind: action.type, record, claim }];
    case "recall": {
      const { reason } = action.params as { reason: "interrupted" | "withdrawn" | "timed_out" };
      return claim === null ? [] : [{ kind: "recall", record, claim, reason }];
    }
    case "miss": {
      const { kind } = action.params as { kind: "surface" | "take" };
      return claim === null ? [] : [{ kind: "miss", record, claim, miss: kind }];
    }
    default:
      return [];
  }
}

export function sessionEffect(record: SessionRecord, action: Action): SessionEffect[] {
  switch (action.type) {
    case "able":
    case "deafen":
      return [{ kind: action.type, record }];
    case "vacate": {
      const { lane } = action.info.context as SessionContext;
      return [{ kind: "vacate", record, lane }];
    }
    default:
      return [];
  }
}
