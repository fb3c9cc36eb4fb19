/**
 * The one event in hand (promise 2), its receipts and its extension. Receipts are kept and said again after a break;
 * Held is said once the delivery is on disk. Whoever lets the event go remembers it, so that what is said about it
 * later still names the right delivery.
 */
import { type Deliver, Outcome as WireOutcome } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { type Delivery, fromWire, same, toWire, type Way, WIRE_WAY } from "./delivery.ts";
import type { Journal } from "./journal.ts";
import type { FrameOut } from "./link.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import { recentDelivery, remember } from "./recent.ts";
import type { InHand } from "./state.ts";

export const WIRE_OUTCOME = {
  done: WireOutcome.DONE,
  failed: WireOutcome.FAILED,
  retry: WireOutcome.RETRY,
} as const;

const JUST_MS = 60_000;

/** For so long after the server has said whose the event is it is not asked again: longer than a new channel takes to fail. */
export const SURE_MS = 5_000;

export class Hand {
  #journal: Journal;
  #clock: Clock;
  #log: Log;
  #send: (frame: FrameOut) => boolean;
  /** `until` is monotonic. */
  #extension = { until: 0, waitingFor: "" };
  /** When the server last said that the event is this session's; monotonic. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  /** What was let go last; `at` is monotonic. */
  #left: { eventId: string; at: number } | null = null;
  /** How often the end of a turn was blocked for the event in hand. */
  stopsBlocked = 0;
  /** A reminder wakes the session, which is life: a second one would put off the timeout for ever (promise 14). */
  reminded = false;

  constructor(journal: Journal, clock: Clock, log: Log, send: (frame: FrameOut) => boolean) {
    this.#journal = journal;
    this.#clock = clock;
    this.#log = log;
    this.#send = send;
  }

  get event(): InHand | null {
    return this.#journal.memory.inHand;
  }

  /** This session has had other events before. */
  get hadOthers(): boolean {
    return this.#journal.memory.recent.some(({ eventId }) => eventId !== this.event?.eventId);
  }

  /** The conversation knows of the event. */
  get shown(): boolean {
    return this.event !== null && (this.event.surfaced !== null || this.event.taken);
  }

  /** The session has said what it waits for, and the time it named has not passed. */
  get waits(): boolean {
    const { until, waitingFor } = this.#extension;
    return this.event !== null && waitingFor !== "" && this.#clock.monotonic() < until;
  }

  /** What it had in hand until a moment ago: where turns can't be told apart, what is done now may still go back to it. */
  get justLeft(): string | null {
    const left = this.#left;
    return left !== null && this.#clock.monotonic() - left.at < JUST_MS ? left.eventId : null;
  }

  /** The event is still this session's: behind a link that looks well another process may have been given it. */
  get isSure(): boolean {
    return this.#clock.monotonic() - this.#confirmedAt < SURE_MS;
  }

  /** The server has said so. */
  confirmed(): void {
    this.#confirmedAt = this.#clock.monotonic();
  }

  /** The delivery that this session had of the event, in hand or before. */
  deliveryOf(eventId: string): Delivery | null {
    if (this.event?.eventId === eventId) return toWire(this.event);
    return recentDelivery(this.#journal.memory, eventId);
  }

  /** In hand at once, unless it names nothing; resolves when it is on disk, and the server was told so. */
  async receive(deliver: Deliver): Promise<void> {
    const of = fromWire(deliver.of);
    if (of === null) {
      this.#log.warn("a delivery names no event and is dropped");
      return;
    }
    const before = this.event;
    const known = same(before, of) && !deliver.again;
    if (before !== null && !same(before, of)) this.#letGo(before);
    const { band, content, meta, waiting } = deliver;
    const surfaced = known ? (before?.surfaced ?? null) : null;
    this.#journal.memory.inHand = {
      ...of,
      band,
      content,
      meta: { ...meta },
      waiting,
      surfaced,
      taken: known && before?.taken === true,
    };
    if (!known) this.#rest();
    this.confirmed();
    await this.#keep();
    if (same(this.event, of)) this.#send({ case: "held", value: { of } });
  }

  noteSurfaced(way: Way): void {
    if (this.event === null || this.event.surfaced !== null) return;
    this.event.surfaced = way;
    void this.#keep();
    this.#send({ case: "surfaced", value: { of: toWire(this.event), way: WIRE_WAY[way] } });
  }

  noteTaken(): void {
    if (this.event === null || this.event.taken) return;
    this.event.taken = true;
    void this.#keep();
    this.#send({ case: "taken", value: { of: toWire(this.event) } });
  }

  /** After a break: what is known already. */
  repeatReceipts(): void {
    const { event } = this;
    if (event === null) return;
    const of = toWire(event);
    this.#send({ case: "held", value: { of } });
    if (event.surfaced !== null)
      this.#send({ case: "surfaced", value: { of, way: WIRE_WAY[event.surfaced] } });
    if (event.taken) this.#send({ case: "taken", value: { of } });
    this.#sayExtension();
  }

  /** False: there is no link, and the server is told when it is back. */
  extend(seconds: number, waitingFor: string): boolean {
    this.#extension = { until: this.#clock.monotonic() + seconds * 1_000, waitingFor };
    return this.#sayExtension();
  }

  #sayExtension(): boolean {
    const { until, waitingFor } = this.#extension;
    const seconds = Math.ceil((until - this.#clock.monotonic()) / 1_000);
    if (this.event === null || seconds <= 0) return false;
    return this.#send({ case: "extend", value: { of: toWire(this.event), seconds, waitingFor } });
  }

  /** Null: it was not in hand. The caller saves. */
  release(of: Delivery): InHand | null {
    const { event } = this;
    if (event === null || !same(event, of)) return null;
    this.#letGo(event);
    return event;
  }

  /** What was taken back, by the server's word, is not the session's any more. */
  drop(of: Delivery): boolean {
    if (this.release(of) === null) return false;
    void this.#keep();
    return true;
  }

  #letGo(event: InHand): void {
    remember(this.#journal.memory, event);
    this.#left = { eventId: event.eventId, at: this.#clock.monotonic() };
    this.#journal.memory.inHand = null;
    this.#rest();
  }

  #rest(): void {
    this.#extension = { until: 0, waitingFor: "" };
    this.stopsBlocked = 0;
    this.reminded = false;
  }

  /** A disk that fails costs what it would have kept, never the event: the server has that. */
  async #keep(): Promise<void> {
    try {
      await this.#journal.save();
    } catch (error) {
      this.#log.warn("state could not be saved", {
        error: error instanceof Error ? error.message : "unknown",
      });
    }
  }
}
