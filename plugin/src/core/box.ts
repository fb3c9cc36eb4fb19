/**
 * The whole plugin without its edges: everything outside comes in as a port, so that it runs as it is in a simulated
 * world. The edges tell it that the client has initialized, call its tools, and close it.
 */
import { adoptOrphans } from "./adoption.ts";
import { Arrival } from "./arrival.ts";
import { DeadToken } from "./dead-token.ts";
import { Filling } from "./filling.ts";
import { receiveFrame, welcomed, withdrawUnseen } from "./frames.ts";
import { Hand } from "./hand.ts";
import { prepareLink } from "./hello.ts";
import { loseTurn } from "./hooks/hooks.ts";
import { HOOK_TOOL } from "./hooks/own-tools.ts";
import { Journal } from "./journal.ts";
import { type FrameOut, Link } from "./link.ts";
import { Membership } from "./membership.ts";
import { Notices } from "./notices.ts";
import { OrphanWatch } from "./orphan-watch.ts";
import { Outbox } from "./outbox.ts";
import type { Parts } from "./parts.ts";
import type { Client } from "./ports/client.ts";
import type { Clock } from "./ports/clock.ts";
import type { Desktop } from "./ports/desktop.ts";
import type { Files } from "./ports/files.ts";
import type { Log } from "./ports/log.ts";
import type { Processes } from "./ports/processes.ts";
import type { Random } from "./ports/random.ts";
import type { LoadSetup } from "./ports/setup.ts";
import type { TokenKeeping } from "./ports/token-keeping.ts";
import type { Transport } from "./ports/transport.ts";
import type { Waiters } from "./ports/waiters.ts";
import { type Face, Presence } from "./presence.ts";
import { Sending } from "./sending.ts";
import { Showing } from "./showing.ts";
import type { ClientFace, Surroundings } from "./surroundings.ts";
import { Takers } from "./takers.ts";
import { refusal, type Tool, type ToolAnswer } from "./tools/tool.ts";
import { isOfMessages, makeTools } from "./tools/tools.ts";
import { Turn } from "./turn.ts";
import { Ways } from "./ways.ts";

export interface BoxPorts {
  clock: Clock;
  random: Random;
  files: Files;
  processes: Processes;
  transport: Transport;
  client: Client;
  desktop: Desktop;
  waiters: Waiters;
  loadSetup: LoadSetup;
  tokenKeeping: TokenKeeping;
  log: Log;
}

export class Box {
  readonly tools: readonly Tool[];
  #ports: BoxPorts;
  #parts: Parts;
  #client: ClientFace | null = null;

  constructor(ports: BoxPorts, surroundings: Surroundings) {
    const { clock, log, transport, tokenKeeping, waiters, client } = ports;
    this.#ports = ports;
    const send = (frame: FrameOut): boolean => link.send(frame);
    const journal = new Journal(ports, surroundings);
    const membership = new Membership(ports.loadSetup, surroundings);
    const hand = new Hand(journal, clock, log, send);
    const outbox = new Outbox(journal, clock, log, send);
    const ways = new Ways(journal.memory);
    const turn: Turn = new Turn(clock, () => loseTurn("escaped", this.#parts));
    const takers = new Takers(clock, () => presence.refresh());
    const onChannelGivenUp = () => {
      journal.save().catch(() => log.warn("state could not be saved"));
      presence.refresh();
    };
    const arrival = new Arrival(clock, () => {
      showing.advance();
      presence.refresh();
    });
    const session = { hand, turn, ways, takers, arrival };
    const askAgain = () => link.renew();
    const showing: Showing = new Showing({
      ...session,
      client,
      waiters,
      clock,
      onChannelGivenUp,
      askAgain,
    });
    const orphans = new OrphanWatch(clock, () => this.#adopt());
    const notices = new Notices(membership, ports.desktop);
    const deadToken = new DeadToken(clock);
    const filling = new Filling(turn, ways);
    const presence: Presence = new Presence(clock, () => this.#face(), send);
    const link: Link = new Link(ports, {
      prepare: () => prepareLink(this.#parts, ports, () => this.#client),
      onWelcome: (welcome) => {
        deadToken.welcomed();
        welcomed(welcome, this.#parts);
      },
      onFrame: (frame) => receiveFrame(frame, this.#parts),
      onTokenRefused: (refusal) => deadToken.refused(refusal),
      onNudge: () => deadToken.asked(),
      onTakenOver: () => withdrawUnseen(this.#parts),
      onDown: () => {
        orphans.stop();
        outbox.giveUp();
      },
    });
    const memory = { surroundings, journal, membership, outbox, orphans };
    const sending = new Sending(clock, ports.random);
    const wire = { link, transport, tokenKeeping, deadToken };
    this.#parts = { ...memory, ...session, ...wire, showing, notices, filling, presence, sending, log };
    this.tools = makeTools(this.#parts);
    waiters.listen((arrived) => this.#waitersChanged(arrived));
  }

  start(): void {
    this.#parts.link.start();
  }

  /** The client has said `initialized`. */
  initialized(client: ClientFace): void {
    this.#client = client;
    this.#parts.ways.meet(client.name);
    this.#parts.arrival.begin();
  }

  /** The tools that the configuration, as it is now, lets the client see. */
  async offered(): Promise<readonly Tool[]> {
    const standing = await this.#parts.membership.standing();
    const messaging = standing.kind === "unconfigured" || standing.configuration.sessionMessaging;
    return messaging ? this.tools : this.tools.filter((tool) => !isOfMessages(tool));
  }

  /** Never rejects. */
  async call(name: string, args: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const tool = this.tools.find((one) => one.name === name);
    if (tool === undefined) return refusal(`There is no tool ${name}.`);
    // Hooks tell of life themselves, once they have told of what happened.
    if (name !== HOOK_TOOL) this.#parts.presence.noteLife();
    try {
      return await tool.run(args, signal);
    } catch (error) {
      this.#ports.log.warn("a tool failed", {
        tool: name,
        error: error instanceof Error ? error.message : "unknown",
      });
      return refusal(`${name} failed inside the plugin; its log says more. Try it again.`);
    }
  }

  /** Ends the link; what is in hand and unconfirmed stays on disk. Idempotent. */
  close(): void {
    const { link, presence, takers, turn, arrival, showing, outbox, orphans } = this.#parts;
    link.close();
    orphans.stop();
    arrival.close();
    presence.close();
    takers.close();
    turn.end();
    showing.stop();
    outbox.giveUp();
    this.#ports.transport.close();
  }

  #waitersChanged(arrived: boolean): void {
    const { ways, showing, presence } = this.#parts;
    if (arrived) {
      ways.noteHooks();
      showing.advance();
      presence.noteLife();
    } else presence.refresh();
  }

  async #adopt(): Promise<void> {
    const { journal, surroundings, outbox, log } = this.#parts;
    try {
      await adoptOrphans(journal, surroundings.sessionId, this.#ports);
      outbox.sayRest();
    } catch (error) {
      log.warn("the state folder can't be used", {
        error: error instanceof Error ? error.message : "unknown",
      });
    }
  }

  #face(): Face {
    const { turn, ways, takers } = this.#parts;
    return {
      busy: turn.busy,
      waiter: this.#ports.waiters.attached,
      hooks: ways.hooks,
      toolRunning: turn.toolRunning,
      ready: this.#isReady(),
      interruptible: this.#isInterruptible(),
      way: takers.asking ? "pull" : ways.next,
    };
  }

  /** An event would be taken now. */
  #isReady(): boolean {
    const { hand, turn, takers } = this.#parts;
    if (hand.event !== null) return false;
    // It asks: whoever runs the turn wants an event in it.
    if (takers.asking) return true;
    return !turn.busy && this.#comesIn();
  }

  /** An interrupt would come in now. Without hooks nobody knows whether a turn runs, and nothing could stop it. */
  #isInterruptible(): boolean {
    const { turn, ways } = this.#parts;
    return ways.hooksCall && (turn.busy || this.#comesIn());
  }

  /** What is sent to an idle session comes in. */
  #comesIn(): boolean {
    const { ways, arrival } = this.#parts;
    if (!arrival.initialized) return false;
    switch (ways.next) {
      case "channel":
        return arrival.channelReady && (ways.hooks || arrival.hooksKnown);
      case "wake":
        return this.#ports.waiters.attached;
      case "pull":
        return false;
      default:
        return ways.next satisfies never;
    }
  }
}
