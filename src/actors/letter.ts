/** What waits in the host's mailbox, and what comes back. */
import type { EventContent, EventRecord } from "../domain/event.ts";
import type { WriteResult } from "../domain/ports/store.ts";
import type { ActorRecord, Told } from "./address.ts";
import type { Effect } from "./effect.ts";
import type { Stepped } from "./step.ts";

/** What became of a message. `unknown`: there is no such actor in this account. */
export type Reply =
  | { kind: "stepped"; record: ActorRecord; effects: readonly Effect[] }
  /** Of an arrival: the store has it already, or would not have it. */
  | Exclude<WriteResult, { kind: "stored" }>
  | { kind: "unknown" };

/** A message in the mailbox. */
export type Letter =
  | { kind: "told"; told: Told; tries: number; answer: Answer | null }
  | { kind: "timer"; record: ActorRecord; timerId: string; tries: number; answer: Answer }
  /** Nothing but a tick. */
  | { kind: "beat"; tries: number; answer: Answer }
  /** An event that is not stored yet. */
  | {
      kind: "arrival";
      stepped: Stepped<EventRecord>;
      content: EventContent;
      tries: number;
      answer: Answer;
    }
  /** A record that is not stored yet, such as a session's first. */
  | { kind: "new"; stepped: Stepped; tries: number; answer: Answer | null };

export interface Answer {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
}
