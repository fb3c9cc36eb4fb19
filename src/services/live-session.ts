/** A session whose plugin is connected to this server now. In memory alone: the store knows the session, not the stream. */
import type { Lane } from "../domain/lane.ts";
import type { Way } from "../domain/machines/event-words.ts";

/** What the session's plugin last told of it. */
export interface Presence {
  busy: boolean;
  waiter: boolean;
  hooks: boolean;
  toolRunning: boolean;
  /** It would take an event now. */
  ready: boolean;
  /** An interrupt would come in now, whatever is in hand: at the next tool call of its turn, or where no turn runs. */
  interruptible: boolean;
  way: Way;
}

export interface DeliveryRef {
  eventId: string;
  delivery: number;
}

export interface Handover extends DeliveryRef {
  band: string;
  /** What Claude reads, whole. */
  content: string;
  meta: Record<string, string>;
  waiting: number;
  again: boolean;
}

/** What the server can say to a plugin; the link puts it on the wire. */
export interface PluginLink {
  /** False: its session has no tool to read on in a long payload, so that more of it is shown at once. Absent: it has. */
  readonly readsOn?: boolean;
  deliver(handover: Handover): void;
  recall(of: DeliveryRef, reason: "interrupted" | "withdrawn" | "timed_out"): void;
  remind(of: DeliveryRef): void;
  /** True as soon as the plugin answers; false after `withinMs`. */
  ping(withinMs: number): Promise<boolean>;
  /** Another stream has taken the session over. */
  takenOver(): void;
  /** What it is owed could not be given: it comes back, and is given it then. */
  failed(error: unknown): void;
}

export interface LiveSession {
  account: string;
  session: string;
  instance: string;
  lane: Lane;
  epoch: number;
  client: string;
  project: string;
  presence: Presence;
  /** The last delivery that is known to have come through to the plugin. */
  held: DeliveryRef | null;
  /** The last delivery that was sent to it. */
  given: DeliveryRef | null;
  /** The next event is the first that this stream is given. */
  fresh: boolean;
  link: PluginLink;
}
