/**
 * One client that speaks Clawback's wire: a session like others, whose plugin tells less of it. Invariants:
 *
 *   W1  Nothing is sent before `auth_ok`; after the end, or once another has the session, nothing that it says counts.
 *   W2  The next event leaves when the one before is settled, whatever the plugin would buffer (promise 2).
 *   W3  An event counts as delivered when the answer to a ping behind it is there: its plugin shows it at once, and no more can be known.
 */
import type { Doorkeeper } from "../auth/doorkeeper.ts";
import type { Clock, Timer } from "../domain/ports/clock.ts";
import type { DeliveryRef, Handover, LiveSession, PluginLink } from "../services/live-session.ts";
import type { Reception, Welcomed } from "../services/reception.ts";
import type { Sessions } from "../services/sessions.ts";
import type { Face, TokenHolder } from "../services/token-holders.ts";
import { revokedToken } from "../services/token-trouble.ts";
import { ackOf } from "./acks.ts";
import { Allowance } from "./allowance.ts";
import { IDLE, letIn } from "./entrance.ts";
import { type Auth, authOf, saidOf, wireIdOf } from "./frames.ts";
import { Heartbeat } from "./heartbeat.ts";
import { InHand } from "./in-hand.ts";
import { badFrame, knownOf, silentLink, tooFast } from "./refusals.ts";
import type { RequestParts } from "./requests.ts";
import type { Seat, Seats } from "./seats.ts";
import { Answers } from "./under-way.ts";
import { CLOSE, type Wire } from "./wire.ts";

/** Who does not say who he is for so long is nobody. */
const AUTH_MS = 5_000;
/** What he says so in is short. */
const AUTH_CHARS = 2_000;
const MOST_EARLY = 16;

export interface ConnectionParts extends RequestParts {
  reception: Reception;
  sessions: Sessions;
  seats: Seats;
  doorkeeper: Doorkeeper;
  /** The machine's, of what is measured between the two sides. `clock` is that of events. */
  wireClock: Clock;
}

export interface ConnectionWatcher {
  onTrusted(): void;
  onEnd(): void;
}

export class Connection implements PluginLink, TokenHolder {
  readonly readsOn = false;
  readonly #parts: ConnectionParts;
  readonly #wire: Wire;
  readonly #peer: string;
  readonly #watcher: ConnectionWatcher;
  readonly #patience: Timer;
  readonly #allowance: Allowance;
  readonly #heartbeat: Heartbeat;
  readonly #hand: InHand;
  readonly #answers: Answers;
  #phase: "auth" | "greeting" | "open" | "ended" = "auth";
  #live: LiveSession | null = null;
  #waiting: Handover[] = [];
  #early: string[] = [];

  constructor(parts: ConnectionParts, wire: Wire, peer: string, watcher: ConnectionWatcher) {
    this.#parts = parts;
    this.#wire = wire;
    this.#peer = peer;
    this.#watcher = watcher;
    const { wireClock: clock } = parts;
    this.#patience = clock.setTimer(AUTH_MS, () => this.failed(badFrame("no auth came")));
    this.#allowance = new Allowance(clock);
    this.#heartbeat = new Heartbeat({
      clock,
      ping: () => this.#write({ type: "ping" }),
      onSilent: () => this.failed(silentLink()),
    });
    this.#hand = new InHand(parts.clock, (of, doubtful) => this.#letGo(of, doubtful));
    this.#answers = new Answers(parts, (frame) => this.#write(frame));
    wire.listen({
      onText: (text) => this.#take(text),
      onEnd: ({ left, reason }) => this.#end(reason, left),
    });
  }

  deliver(handover: Handover): void {
    if (this.#phase === "greeting") this.#waiting.push(handover);
    if (this.#phase !== "open") return;
    const { eventId, delivery, content, meta } = handover;
    const of = { eventId, delivery };
    this.#hand.take(of);
    this.#write({ type: "event", id: wireIdOf(of), content, meta });
    this.#proves(of);
  }

  /** W3. */
  #proves(of: DeliveryRef): void {
    this.#heartbeat.send((lives) => {
      if (lives && this.#live !== null && this.#hand.is(of)) this.#parts.sessions.reached(this.#live, of);
    });
  }

  /** That wire has no word for it: what the plugin still shows is let be, and its ack will be late. */
  recall(of: DeliveryRef): void {
    if (this.#hand.drop(of)) this.#free(false);
  }

  /** The plugin reminds by itself. */
  remind(): void {}

  ping(withinMs: number): Promise<boolean> {
    // Who is being let in has only just spoken.
    return this.#phase === "open" ? this.#heartbeat.ask(withinMs) : Promise.resolve(this.#phase !== "ended");
  }

  takenOver(): void {
    this.#close(CLOSE.refused, "another client has this session now");
  }

  failed(error: unknown): void {
    if (this.#phase === "ended") return;
    const { kind, code, message } = knownOf(error, this.#parts.log);
    this.#parts.log.warn({ peer: this.#peer, code, reason: message }, "clawback's client is sent away");
    this.#close(kind === "unavailable" ? CLOSE.again : CLOSE.refused, `${code}: ${message}`);
  }

  isOf({ session, instance }: Face): boolean {
    return this.#live?.session === session && this.#live.instance === instance;
  }

  revoked(): void {
    this.failed(revokedToken());
  }

  replaced(): void {
    this.drain();
  }

  /** What is in hand stays in hand. */
  drain(): void {
    this.#close(CLOSE.again, "the server is restarting; connect again");
  }

  #take(text: string): Promise<unknown> | undefined {
    try {
      this.#heartbeat.heard();
      if (!this.#allowance.take()) throw tooFast();
      switch (this.#phase) {
        case "auth":
          if (text.length > AUTH_CHARS) throw badFrame("the first frame is too long");
          return this.#greet(authOf(text));
        case "greeting":
          // Its plugin waits for `auth_ok`; an ack that comes before it counts as well.
          if (this.#early.push(text) > MOST_EARLY) throw badFrame("too many frames before auth_ok");
          return undefined;
        case "open":
          return this.#live === null ? undefined : this.#hear(this.#live, text);
        case "ended":
          return undefined;
      }
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  async #greet(auth: Auth): Promise<void> {
    this.#phase = "greeting";
    this.#patience.cancel();
    try {
      const { asker, welcomed, seat } = await letIn(this.#parts, auth, {
        link: this,
        peer: this.#peer,
        onTrusted: () => this.#watcher.onTrusted(),
      });
      this.#answers.asker = asker;
      this.#open(welcomed, seat);
    } catch (error) {
      this.failed(error);
    }
  }

  #open({ live, keep }: Welcomed, { deliveredAt }: Seat): void {
    this.#live = live;
    if (this.#phase !== "greeting") {
      this.#parts.sessions.disconnect(live);
      return;
    }
    this.#phase = "open";
    this.#write({ type: "auth_ok" });
    if (keep !== null) {
      this.#hand.keep(keep, deliveredAt);
      // The proof may have gone with the link before; who answers is not deaf, whatever has become of the event.
      this.#proves(keep);
    }
    for (const handover of this.#waiting.splice(0)) this.deliver(handover);
    this.#parts.sessions.greeted(live, { ...IDLE, ready: this.#hand.isFree });
    for (const text of this.#early.splice(0)) this.#take(text);
  }

  #hear(live: LiveSession, text: string): Promise<unknown> | undefined {
    const said = saidOf(text);
    switch (said.type) {
      case "pong":
        this.#heartbeat.pong();
        return undefined;
      case "ack":
        // A store that fails ends the link. The plugin has let go of its ack: the event is shown again.
        return this.#ack(live, said.eventId, said.summary).catch((error: unknown) => this.failed(error));
      case "request":
        return this.#answers.answer(live, said.request);
      case "unclear":
        this.#answers.say(said.requestId, { error: said.problem });
        return undefined;
      default:
        return said satisfies never;
    }
  }

  async #ack(live: LiveSession, wireId: string, summary: string): Promise<void> {
    const acked = await ackOf(this.#parts, live, { wireId, summary }, this.#hand);
    if (acked !== null && this.#hand.drop(acked.of) && !acked.next) this.#free(true);
  }

  /** Its plugin has shown it for as long as it does, and nothing was heard. */
  #letGo(of: DeliveryRef, doubtful: boolean): void {
    if (this.#live === null || this.#phase !== "open") return;
    // The process that had it went without a word, and this one was never shown it (promise 5).
    if (doubtful) this.#parts.sessions.turnLost(this.#live, of, "restarted");
    else this.#parts.sessions.silent(this.#live, of);
  }

  /** It has nothing in hand. */
  #free(life: boolean): void {
    if (this.#live !== null && this.#phase === "open")
      this.#parts.sessions.presence(this.#live, { ...IDLE }, life);
  }

  #write(frame: object): boolean {
    if (this.#phase === "open") this.#wire.send(JSON.stringify(frame));
    return this.#phase === "open";
  }

  #close(code: number, reason: string): void {
    if (this.#phase === "ended") return;
    this.#end(reason, false);
    this.#wire.close(code, reason);
  }

  #end(reason: string, left: boolean): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#patience.cancel();
    this.#heartbeat.end();
    this.#hand.end();
    this.#parts.tokens.release(this);
    this.#waiting = [];
    this.#early = [];
    const live = this.#live;
    this.#parts.log.debug({ peer: this.#peer, session: live?.session, reason }, "clawback's link ended");
    if (live !== null) left ? this.#parts.sessions.left(live) : this.#parts.sessions.disconnect(live);
    this.#watcher.onEnd();
  }
}
