/** The plugin's own words about the event in hand. They hold an id and constants, never anything from outside. */
import type { Delivery } from "./delivery.ts";

export function ackLine({ eventId }: Delivery): string {
  return `When you have finished it, call event_ack with event_id "${eventId}" and one sentence about what you did. The next event comes only after that.`;
}

/** For a conversation that was compacted. */
export function stillInHand({ eventId, delivery }: Delivery): string {
  return `Signalbox event ${eventId} (delivery ${delivery}) is in hand. ${ackLine({ eventId, delivery })} event_take shows it again.`;
}

/** For a turn that is about to end with the event in hand. */
export function beforeYouStop({ eventId }: Delivery): string {
  return [
    `Signalbox event ${eventId} is still in hand (event_take shows it), and no other event comes before it is settled. Before you stop, do one of these:`,
    `- done: event_ack with event_id "${eventId}" and one sentence about what you did;`,
    `- not possible now: event_ack with event_id "${eventId}" and outcome "retry" (retry_after_seconds says when it comes back), or "failed";`,
    `- you wait for somebody or something: event_extend with event_id "${eventId}" and waiting_for, then this turn may end.`,
  ].join("\n");
}

const TAKE_IT =
  "Call event_take now to receive it, handle it, then call event_ack. An event that you were working on was put back and comes again by itself after that; anything else is yours to go on with.";

/** In the place of a tool call. */
export function interruptInstead({ eventId }: Delivery): string {
  return `Signalbox: an interrupt has come, event ${eventId}, and this tool call was not run. ${TAKE_IT}`;
}

/** For a turn that is about to end. */
export function interruptAtEnd({ eventId }: Delivery): string {
  return `Signalbox: before you stop: an interrupt has come, event ${eventId}. ${TAKE_IT}`;
}

/** A copy that must not be seen, and why; the terminal shows it. */
export function withdrawn(eventId: string, inHand: boolean): string {
  return inHand
    ? `Signalbox: a second copy of event ${eventId} was withdrawn; the session has it already.`
    : `Signalbox: event ${eventId} was withdrawn; it is not this session's any more.`;
}

export function howMany(waiting: number): string {
  if (waiting === 0) return "No more events wait.";
  const count = waiting >= 100 ? "100 or more" : String(waiting);
  return `${count} more ${waiting === 1 ? "event waits" : "events wait"}.`;
}
