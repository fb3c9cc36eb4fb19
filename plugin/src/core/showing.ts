/**
 * Brings the event in hand into the session by the way in use, and knows which copies of it may still surface: the
 * first one that does is the receipt, any other is withdrawn, so that nothing is seen twice (promise 5).
 *
 * S1: events enter an idle session; only an interrupt enters a running turn, and where hooks can do that it stops it.
 * S2: the channel loses what is emitted too soon after `initialized` (seen with client 2.1.329).
 * S3: a channel on trial has a second; after that the same delivery wakes.
 * S4: what had to wait enters only once the server has said again that it is this session's: while it waited, another process
 *     may have been given it, behind a link that only looked well.
 */

import type { Arrival } from "./arrival.ts";
import type { Delivery, Way } from "./delivery.ts";
import type { Hand } from "./hand.ts";
import type { Client } from "./ports/client.ts";
import type { Clock, Timer } from "./ports/clock.ts";
import type { Waiters } from "./ports/waiters.ts";
import type { InHand } from "./state.ts";
import type { Takers, TakingTool } from "./takers.ts";
import type { Turn } from "./turn.ts";
import type { Ways } from "./ways.ts";

export const CHANNEL_TRIAL_MS = 1_000;

/** A copy on its way into the conversation, by channel or announced by a wake. */
export type CopyWay = Exclude<Way, "pull">;

type Phase =
  | { kind: "nothing" }
  /** In hand, on no way yet. */
  | { kind: "unsent" }
  | { kind: "sent"; way: CopyWay }
  /** An interrupt in a running turn: the next tool call, or the end of the turn, is denied for it. */
  | { kind: "armed"; announced: boolean }
  /** Only in the answer of a tool call that was not yet seen to be read. */
  | { kind: "given" }
  | { kind: "seen" };

export interface ShowingParts {
  hand: Hand;
  turn: Turn;
  ways: Ways;
  takers: Takers;
  arrival: Arrival;
  client: Client;
  waiters: Waiters;
  clock: Clock;
  /** The channel was found not to work here. */
  onChannelGivenUp(): void;
  /** Whose is the event in hand? The next Welcome tells. */
  askAgain(): void;
}

export class Showing {
  #parts: ShowingParts;
  #phase: Phase = { kind: "nothing" };
  /** Copies that may surface. */
  #expected = new Set<CopyWay>();
  /** The tool whose answer holds the event and was not yet seen to be read. */
  #givenBy: TakingTool | null = null;
  /** It came in the answer of an ack: another ack, written before that answer was read, may not mean it. */
  #followsAck = false;
  #timer: Timer | null = null;

  constructor(parts: ShowingParts) {
    this.#parts = parts;
  }

  /** There is an event in hand that the conversation must come to see. */
  begin(): void {
    // A tool's answer may have taken it while it was being stored.
    if (this.#phase.kind === "nothing") this.#enter({ kind: "unsent" });
    this.advance();
  }

  /** Nothing is to be shown any more; what surfaces is withdrawn. */
  stop(): void {
    this.#expected.clear();
    this.#givenBy = null;
    this.#followsAck = false;
    this.#enter({ kind: "nothing" });
  }

  /** The event in hand, for the answer of a tool. */
  give(tool: TakingTool, event: InHand): void {
    this.#parts.turn.given(event);
    this.#givenBy = tool;
    this.#followsAck = tool === "event_ack";
    if (this.#phase.kind === "unsent" || this.#phase.kind === "nothing") this.#enter({ kind: "given" });
  }

  /** The running turn is to make room for the interrupt in hand. */
  get interrupts(): boolean {
    return this.#phase.kind === "armed";
  }

  /** The turn was told so. */
  announced(): void {
    if (this.#phase.kind !== "armed") return;
    this.#enter({ kind: "armed", announced: true });
    this.#parts.hand.noteSurfaced("wake");
  }

  get givenBy(): TakingTool | null {
    return this.#givenBy;
  }

  /** It must be named: the session may still be thinking of the one before it. */
  get mustBeNamed(): boolean {
    return this.#followsAck || (this.#unproved && this.#parts.hand.hadOthers);
  }

  /** The session means the event in hand when it names none. */
  get meant(): boolean {
    if (this.mustBeNamed) return false;
    return this.#phase.kind === "seen" || this.#givenBy !== null || this.#unproved;
  }

  /** On its way where no hook tells what surfaces: that it did must be taken for granted. */
  get #unproved(): boolean {
    return this.#phase.kind === "sent" && this.#givenBy === null && !this.#parts.ways.hooks;
  }

  /** It was read: as an answer, or a tool call named it. */
  taken(): void {
    this.#expected.clear();
    this.#givenBy = null;
    this.#enter({ kind: "seen" });
    this.#parts.hand.noteTaken();
  }

  /** A copy is about to surface. True: it is the first, and now the receipt; false: it must be withdrawn. */
  surfaces(of: Delivery, way: CopyWay): boolean {
    const { hand, turn, ways } = this.#parts;
    if (hand.event?.eventId !== of.eventId || hand.event.delivery !== of.delivery) return false;
    if (!this.#expected.has(way)) return false;
    this.#expected.clear();
    this.#followsAck = false;
    this.#enter({ kind: "seen" });
    turn.prompt(true);
    turn.given(of);
    if (way === "channel") ways.noteChannelWorks();
    hand.noteSurfaced(way);
    return true;
  }

  /** The conversation was cleared and knows nothing any more; the server has what it knew shown again. */
  cleared(): void {
    if (this.#isKnown) this.stop();
    this.turnEnded();
  }

  /** A turn has ended: an answer that nobody was seen to read does not count as shown. */
  turnEnded(): void {
    this.#givenBy = null;
    if (this.#phase.kind === "armed") this.#enter({ kind: this.#isKnown ? "seen" : "unsent" });
    if (this.#phase.kind === "given" && !this.#parts.hand.shown) this.#enter({ kind: "unsent" });
    this.advance();
  }

  get #isKnown(): boolean {
    return this.#phase.kind === "seen" || (this.#phase.kind === "armed" && this.#phase.announced);
  }

  /** The server says that the session is silent. Said once more; that copy may surface. False: there was no way. */
  remind(text: string, meta: Record<string, string>): boolean {
    const { hand, client, waiters, ways } = this.#parts;
    if (hand.event === null || !hand.shown) return false;
    const way = ways.next;
    if (way === "pull" || (way === "wake" && !waiters.wake(hand.event.eventId))) return false;
    this.#expected.add(way);
    if (way === "channel") client.channel(text, meta);
    return true;
  }

  /** Goes on as far as it can; called whenever something that it waits for may have come. */
  advance(): void {
    const { hand, turn, takers, arrival, ways } = this.#parts;
    const { event } = hand;
    if (event === null) return;
    if (this.#phase.kind === "sent") this.#watchTrial();
    if (this.#phase.kind !== "unsent") return;
    const tool = takers.give(event);
    if (tool !== null) {
      this.give(tool, event);
      return;
    }
    if (!arrival.initialized) return;
    // S1
    if (turn.busy && event.band !== "interrupt") return;
    if (turn.busy && ways.hooksCall) this.#enter({ kind: "armed", announced: false });
    else this.#sendBy(ways.next, event);
  }

  #sendBy(way: Way, event: InHand): void {
    const { arrival, client, waiters } = this.#parts;
    switch (way) {
      case "channel":
        // S2
        if (!arrival.channelReady || !this.#isSure()) return;
        this.#expected.add("channel");
        this.#enter({ kind: "sent", way });
        client.channel(event.content, event.meta);
        this.#watchTrial();
        return;
      case "wake":
        if (!waiters.attached || !this.#isSure() || !waiters.wake(event.eventId)) return;
        this.#expected.add("wake");
        this.#enter({ kind: "sent", way });
        return;
      case "pull":
        return;
      default:
        way satisfies never;
    }
  }

  /** S4 */
  #isSure(): boolean {
    const { isSure } = this.#parts.hand;
    if (!isSure) this.#parts.askAgain();
    return isSure;
  }

  /** S3. In a running turn the copy waits for the tool call under way, so that the second starts when it is idle. */
  #watchTrial(): void {
    const { ways, turn } = this.#parts;
    if (this.#phase.kind !== "sent" || this.#phase.way !== "channel" || !ways.channelOnTrial) return;
    if (turn.busy) {
      this.#cancelTimer();
      return;
    }
    if (this.#timer !== null) return;
    this.#later(CHANNEL_TRIAL_MS, () => {
      // Somebody typed meanwhile: the second starts anew when the turn has ended.
      if (turn.busy) return;
      ways.giveUpChannel();
      this.#enter({ kind: "unsent" });
      this.#parts.onChannelGivenUp();
      this.advance();
    });
  }

  #enter(phase: Phase): void {
    this.#cancelTimer();
    this.#phase = phase;
  }

  #later(ms: number, act: () => void): void {
    this.#cancelTimer();
    this.#timer = this.#parts.clock.setTimer(ms, () => {
      this.#timer = null;
      act();
    });
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
