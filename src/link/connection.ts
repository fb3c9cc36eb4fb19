/**
 * One stream of one plugin, from Hello to its end; no I/O of its own. Invariants:
 *
 *   C1  Nothing is sent before Welcome but Refused and Drain: what comes earlier waits for it.
 *   C2  Frames are taken in their order; the answers come when they are stored.
 *   C3  After the end, or once another stream has the session, nothing that it says counts (fencing).
 */
import { create } from "@bufbuild/protobuf";
import {
  type ConnectRequest,
  type ConnectResponse,
  DrainSchema,
  type Hello,
  PingSchema,
  RefusedSchema,
  RemindSchema,
  WelcomeSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { Doorkeeper } from "../auth/doorkeeper.ts";
import type { Clock, Timer } from "../domain/ports/clock.ts";
import type { Caller, Stream } from "../domain/ports/transport.ts";
import type { DeliveryRef, Handover, LiveSession, PluginLink } from "../services/live-session.ts";
import type { Log } from "../services/log.ts";
import type { Reception, Welcomed } from "../services/reception.ts";
import type { Sessions } from "../services/sessions.ts";
import type { Face, TokenHolder } from "../services/token-holders.ts";
import { requireLane } from "../services/token-reach.ts";
import { revokedToken } from "../services/token-trouble.ts";
import type { Tokens } from "../services/tokens.ts";
import {
  ackedFrame,
  deliverFrame,
  frame,
  introductionOf,
  recallFrame,
  type Said,
  wireRef,
} from "./frames.ts";
import { hear } from "./hearing.ts";
import { Pings } from "./pings.ts";
import { badFrame, refusalOf, requireProtocol, sessionTakenOver } from "./refusal.ts";

/** A stream that says nothing for so long is nobody's. */
const HELLO_MS = 10_000;

/** What a plugin may say before it was welcomed. */
const MOST_EARLY = 100;

/** After so many frames without an answer the next ones wait until these were taken: a flood is read no faster. */
const UNANSWERED = 16;

export interface ConnectionParts {
  reception: Reception;
  sessions: Sessions;
  tokens: Tokens;
  doorkeeper: Doorkeeper;
  clock: Clock;
  log: Log;
  serverVersion: string;
  graceMs: number;
}

/** Told of what matters to whoever counts the streams. */
export interface ConnectionWatcher {
  onHello(): void;
  onEnd(): void;
}

export class Connection implements PluginLink, TokenHolder {
  readonly #parts: ConnectionParts;
  readonly #stream: Stream<ConnectRequest, ConnectResponse>;
  readonly #caller: Caller;
  readonly #pings: Pings;
  readonly #watcher: ConnectionWatcher;
  readonly #patience: Timer;
  /** `hello`: nothing heard yet. `greeting`: being let in. `open`: welcomed. */
  #phase: "hello" | "greeting" | "open" | "ended" = "hello";
  #live: LiveSession | null = null;
  #face: Face | null = null;
  #early: ConnectRequest["frame"][] = [];
  #held: Said[] = [];
  #unanswered = 0;

  constructor(
    parts: ConnectionParts,
    stream: Stream<ConnectRequest, ConnectResponse>,
    caller: Caller,
    watcher: ConnectionWatcher,
  ) {
    this.#watcher = watcher;
    this.#parts = parts;
    this.#stream = stream;
    this.#caller = caller;
    this.#pings = new Pings(parts.clock, (nonce) =>
      this.#write({ case: "ping", value: create(PingSchema, { nonce }) }),
    );
    this.#patience = parts.clock.setTimer(HELLO_MS, () => this.#refuse(badFrame("no Hello came")));
    stream.listen({
      onFrame: ({ frame: said }) => this.#take(said),
      onEnd: ({ reason }) => this.#end(reason),
    });
  }

  deliver(handover: Handover): void {
    this.#say(deliverFrame(handover));
  }

  recall(of: DeliveryRef, reason: "interrupted" | "withdrawn" | "timed_out"): void {
    this.#say(recallFrame(of, reason));
  }

  remind(of: DeliveryRef): void {
    this.#say({ case: "remind", value: create(RemindSchema, { of: wireRef(of) }) });
  }

  ping(withinMs: number): Promise<boolean> {
    return this.#phase === "ended" ? Promise.resolve(false) : this.#pings.send(withinMs);
  }

  takenOver(): void {
    this.#refuse(sessionTakenOver());
  }

  failed(error: unknown): void {
    this.#refuse(error);
  }

  isOf({ session, instance }: Face): boolean {
    return this.#face?.session === session && this.#face.instance === instance;
  }

  revoked(): void {
    this.#refuse(revokedToken());
  }

  replaced(): void {
    this.drain(0);
  }

  /** The server is leaving, or wants to see the token anew: what is in hand stays in hand. */
  drain(reconnectAfterSeconds: number): void {
    this.#write({ case: "drain", value: create(DrainSchema, { reconnectAfterSeconds }) });
    this.#end("drain");
    this.#stream.end();
  }

  #take(said: ConnectRequest["frame"]): Promise<unknown> | undefined {
    try {
      switch (this.#phase) {
        case "hello":
          if (said.case !== "hello") throw badFrame(`the first frame is ${said.case ?? "empty"}, not hello`);
          this.#phase = "greeting";
          this.#patience.cancel();
          this.#watcher.onHello();
          return this.#greet(said.value);
        case "greeting":
          if (said.case === "pong") this.#pings.answered(said.value.nonce);
          else if (this.#early.length >= MOST_EARLY) throw badFrame("too many frames before the welcome");
          else this.#early.push(said);
          return undefined;
        case "open":
          if (said.case === "pong") this.#pings.answered(said.value.nonce);
          else if (this.#live !== null) return this.#hear(this.#live, said);
          return undefined;
        case "ended":
          return undefined;
      }
    } catch (error) {
      this.#refuse(error);
      return undefined;
    }
  }

  async #greet(hello: Hello): Promise<void> {
    const { tokens, doorkeeper, reception } = this.#parts;
    try {
      requireProtocol(hello.protocol);
      this.#face = { session: hello.session, instance: hello.instance };
      const { token: secret, peer } = this.#caller;
      const token = await doorkeeper.letIn(peer, secret, () => tokens.hold(secret, this));
      const intro = introductionOf(token.account, hello);
      requireLane(token, intro.lane);
      const welcomed = await reception.connect(intro, this);
      this.#open(welcomed, intro.presence);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #open({ live, keep, acks }: Welcomed, presence: LiveSession["presence"]): void {
    this.#live = live;
    // C3: the stream broke, or lost the session, while it was let in.
    if (this.#phase !== "greeting") {
      this.#parts.sessions.disconnect(live);
      return;
    }
    this.#phase = "open";
    const welcome = create(WelcomeSchema, {
      session: live.session,
      epoch: BigInt(live.epoch),
      lane: live.lane,
      serverVersion: this.#parts.serverVersion,
      graceSeconds: Math.round(this.#parts.graceMs / 1000),
    });
    if (keep !== null) welcome.keep = wireRef(keep);
    this.#write({ case: "welcome", value: welcome });
    for (const answer of acks) this.#write(ackedFrame({ ...answer, next: false }));
    for (const said of this.#held.splice(0)) this.#write(said);
    this.#parts.sessions.greeted(live, presence);
    // What was said meanwhile is newer than the presence of Hello.
    for (const said of this.#early.splice(0)) this.#take(said);
  }

  #hear(live: LiveSession, said: ConnectRequest["frame"]): Promise<unknown> | undefined {
    const { sessions } = this.#parts;
    const answered = hear(sessions, live, said)?.then(
      (answer) => this.#say(answer),
      // A storage that fails ends the stream: the plugin keeps the ack, and sends it again with its next Hello.
      (error: unknown) => this.#refuse(error),
    );
    if (answered !== undefined) return answered;
    this.#unanswered = (this.#unanswered + 1) % UNANSWERED;
    return this.#unanswered === 0 ? sessions.caughtUp() : undefined;
  }

  #say(said: Said): void {
    if (this.#phase === "open") this.#write(said);
    else if (this.#phase === "greeting") this.#held.push(said);
  }

  #write(said: Said): void {
    if (this.#phase !== "ended") this.#stream.send(frame(said));
  }

  #refuse(error: unknown): void {
    if (this.#phase === "ended") return;
    const refusal = refusalOf(error);
    this.#parts.log.warn(
      { peer: this.#caller.peer, code: refusal.code, reason: refusal.message },
      "link refused",
    );
    this.#write({ case: "refused", value: create(RefusedSchema, refusal) });
    this.#end(refusal.code);
    this.#stream.end();
  }

  #end(reason: string): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#patience.cancel();
    this.#pings.end();
    this.#parts.tokens.release(this);
    this.#held = [];
    this.#early = [];
    this.#parts.log.debug({ peer: this.#caller.peer, session: this.#live?.session, reason }, "link ended");
    if (this.#live !== null) this.#parts.sessions.disconnect(this.#live);
    this.#watcher.onEnd();
  }
}
