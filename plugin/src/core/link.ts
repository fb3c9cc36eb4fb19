/**
 * Drives the link machine: owns the stream, says Hello, answers pings, and hands on what is still wanted. What a
 * stream says after its end, or after a newer one was opened, is dropped here.
 */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type ActorRefFrom, createActor } from "xstate";
import {
  ConnectRequestSchema,
  type ConnectResponse,
  type HelloSchema,
  type Refused,
  type Welcome,
} from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { isOfToken } from "./dead-token.ts";
import { type LinkContext, linkMachine, type Refusal } from "./link-machine.ts";
import type { Clock, Timer } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Random } from "./ports/random.ts";
import type { LinkStream, StreamEnd, Target, Transport } from "./ports/transport.ts";

export type FrameOut = Extract<MessageInitShape<typeof ConnectRequestSchema>["frame"], { case: string }>;
export type FrameIn = ConnectResponse["frame"];
export type Hello = MessageInitShape<typeof HelloSchema>;

/** What the rest of the plugin has to say to the link. */
export interface LinkHost {
  /** Reads configuration and state. Never rejects. */
  prepare(): Promise<Preparation>;
  onWelcome(welcome: Welcome): void;
  onFrame(frame: FrameIn): void;
  /** The server does not accept the token that the link was opened with. */
  onTokenRefused(refusal: Refusal): void;
  /** Somebody asks now: what only waits is to be tried. */
  onNudge(): void;
  /** Another process has the session now, and what it had in hand. */
  onTakenOver(): void;
  /** There is no link, and will be none for a while. */
  onDown(): void;
}

export type Preparation =
  | { kind: "open"; target: Target; hello: () => Hello }
  | { kind: "unconfigured" | "standsBy"; problem: string };

export interface LinkPorts {
  clock: Clock;
  random: Random;
  transport: Transport;
  log: Log;
}

export type LinkState =
  | "resting"
  | "connecting"
  | "authenticating"
  | "online"
  | "waiting"
  | "drained"
  | "refused"
  | "unconfigured"
  | "standby"
  | "closed";

export class Link {
  #ports: LinkPorts;
  #host: LinkHost;
  #actor: ActorRefFrom<typeof linkMachine>;
  #stream: LinkStream | null = null;
  /** Counts preparations: one that was overtaken opens nothing. */
  #attempt = 0;

  constructor(ports: LinkPorts, host: LinkHost) {
    this.#ports = ports;
    this.#host = host;
    const timers = new Map<number, Timer>();
    let lastTimer = 0;
    const machine = linkMachine.provide({
      actions: { prepare: () => void this.#prepare(), hangUp: () => this.#hangUp() },
    });
    this.#actor = createActor(machine, {
      input: { random: ports.random },
      clock: {
        setTimeout: (fn, ms) => {
          const id = ++lastTimer;
          timers.set(id, ports.clock.setTimer(ms, fn));
          return id;
        },
        clearTimeout: (id: number) => {
          timers.get(id)?.cancel();
          timers.delete(id);
        },
      },
    });
    let before = "";
    this.#actor.subscribe(() => {
      if (before === this.state) return;
      before = this.state;
      ports.log.info("link", { state: before, problem: this.context.problem });
      if (!this.#underWay) this.#host.onDown();
    });
  }

  get state(): LinkState {
    const { value } = this.#actor.getSnapshot();
    if (typeof value === "string") return value;
    return typeof value.linked === "string" ? value.linked : "online";
  }

  get context(): LinkContext {
    return this.#actor.getSnapshot().context;
  }

  get online(): boolean {
    return this.state === "online";
  }

  get #underWay(): boolean {
    return this.online || this.state === "connecting" || this.state === "authenticating";
  }

  start(): void {
    this.#actor.start();
    this.#actor.send({ type: "start" });
  }

  /** Tries at once where it only waits for something to change. */
  nudge(): void {
    this.#host.onNudge();
    this.#actor.send({ type: "nudge" });
  }

  /** Says Hello anew, so that the Welcome tells what this session has in hand. Nothing where there is no link. */
  renew(): void {
    this.#actor.send({ type: "renew" });
  }

  close(): void {
    this.#actor.send({ type: "close" });
    this.#hangUp();
  }

  /** False: there is no link, and Hello or Welcome will make up for it. */
  send(frame: FrameOut): boolean {
    if (!this.online || this.#stream === null) return false;
    this.#stream.send(create(ConnectRequestSchema, { frame }));
    return true;
  }

  async #prepare(): Promise<void> {
    const attempt = ++this.#attempt;
    const preparation = await this.#host.prepare();
    if (attempt !== this.#attempt || this.state !== "connecting") return;
    if (preparation.kind === "open") return this.#open(preparation.target, preparation.hello());
    this.#actor.send({ type: preparation.kind, problem: preparation.problem });
  }

  #open(target: Target, hello: Hello): void {
    const stream = this.#ports.transport.open(target);
    this.#stream = stream;
    const ifWanted = (act: () => void) => {
      if (this.#stream === stream) act();
    };
    stream.listen({
      onFrame: ({ frame }) => ifWanted(() => this.#receive(frame)),
      onEnd: (end) => ifWanted(() => this.#ended(end)),
    });
    this.#actor.send({ type: "opened" });
    stream.send(create(ConnectRequestSchema, { frame: { case: "hello", value: hello } }));
  }

  #receive(frame: FrameIn): void {
    switch (frame.case) {
      case "ping":
        this.#stream?.send(
          create(ConnectRequestSchema, { frame: { case: "pong", value: { nonce: frame.value.nonce } } }),
        );
        return;
      case "welcome":
        if (this.state !== "authenticating") return;
        this.#actor.send({ type: "welcome" });
        this.#host.onWelcome(frame.value);
        return;
      case "refused":
        this.#refused(frame.value);
        return;
      case "drain":
        this.#actor.send({ type: "drain", afterMs: frame.value.reconnectAfterSeconds * 1_000 });
        return;
      default:
        this.#host.onFrame(frame);
    }
  }

  #refused({ code, message, cure, retry }: Refused): void {
    this.#ports.log.warn("the server refused the link", { code });
    if (code === "taken_over") this.#host.onTakenOver();
    this.#tell({ code, message, cure }, retry);
  }

  #tell(refusal: Refusal, retry: boolean): void {
    const ofToken = isOfToken(refusal.code);
    if (ofToken) this.#host.onTokenRefused(refusal);
    this.#actor.send({ type: "refused", refusal, retry, ofToken });
  }

  #ended({ reason, unauthenticated }: StreamEnd): void {
    if (unauthenticated) {
      const cure = "Run npm run connect in the clone of Signalbox";
      const refusal = { code: "unauthenticated", message: "The connection token is not accepted", cure };
      this.#tell(refusal, false);
    } else {
      this.#actor.send({ type: "ended", reason });
    }
  }

  #hangUp(): void {
    const stream = this.#stream;
    this.#stream = null;
    stream?.end();
  }
}
