/** What the wire tells of sessions: who is attached, since when, and when each gave its last sign of life. */
import type { Presence } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { accountOf } from "./account-of.ts";
import type { Happening } from "./happening.ts";
import type { WireSeen } from "./network/wire-seen.ts";
import type { World } from "./world.ts";

export interface SessionSeen {
  /** Its stream, as long as the server has not lost it. */
  wire: WireSeen | null;
  /** Healthy time at which that last changed. */
  since: number;
  /** Server time of its last sign of life, as the server may count it. */
  lifeAt: number;
  /** The same of the last few. */
  lives: number[];
  /** Healthy time at which anything was heard of it. */
  heardAt: number;
  instance: string;
  /** It has said that a tool call is under way. */
  tool: boolean;
  /** It has said that it would take an event now, and was given none since. */
  ready: boolean;
  /** It has said that an interrupt would come in now. */
  interruptible: boolean;
  /** It has said that a turn is running. */
  busy: boolean;
  /** Healthy time until which it has asked not to be taken for silent. */
  extendedUntil: number;
}

const MOST_LIVES = 20;

type Frame = Extract<Happening, { kind: "heard" }>["frame"];

/** What a plugin says of its session, and goes on saying when that changes. */
type Said = Pick<SessionSeen, "tool" | "ready" | "interruptible" | "busy">;

const NOTHING: Said = { tool: false, ready: false, interruptible: false, busy: false };

export class SessionsSeen {
  readonly #world: World;
  readonly #sessions = new Map<string, SessionSeen>();
  /** Also what came before the welcome counts from then on. */
  readonly #hellos = new WeakMap<WireSeen, { instance: string; said: Said }>();
  readonly #receipts = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  of(account: string, session: string): SessionSeen | undefined {
    return this.#sessions.get(`${account} ${session}`);
  }

  /** All that were ever attached, by account and name. */
  get all(): ReadonlyMap<string, SessionSeen> {
    return this.#sessions;
  }

  ofWire(wire: WireSeen): SessionSeen | undefined {
    return this.of(accountOf(wire, this.#world.disk.rows.tokens), wire.session ?? "");
  }

  sees(happening: Happening): void {
    const { uptime, serverTime } = this.#world;
    if (happening.kind === "server" && happening.up) {
      for (const seen of this.#sessions.values()) if (seen.wire === null) seen.since = uptime.ms;
    }
    if (happening.kind === "said" && happening.frame.case === "welcome") {
      const { wire } = happening;
      const key = `${accountOf(wire, this.#world.disk.rows.tokens)} ${wire.session}`;
      const { instance, said } = this.#hellos.get(wire) ?? { instance: "", said: NOTHING };
      const before = this.#sessions.get(key);
      const now = uptime.ms;
      this.#sessions.set(key, {
        wire,
        since: now,
        lifeAt: serverTime.ms,
        lives: [serverTime.ms],
        heardAt: now,
        instance,
        ...said,
        extendedUntil: Math.max(now, before?.instance === instance ? before.extendedUntil : 0),
      });
    }
    if (happening.kind === "said" && happening.frame.case === "deliver") {
      const seen = this.ofWire(happening.wire);
      // Clawback's plugin tells nothing of itself: it is free when it has nothing in hand.
      if (seen?.wire === happening.wire && !seen.wire.speaksClawback) seen.ready = false;
    }
    if (happening.kind === "lost") {
      const seen = this.ofWire(happening.wire);
      if (seen?.wire !== happening.wire) return;
      seen.wire = null;
      seen.since = uptime.ms;
    }
    if (happening.kind === "heard") this.#hears(happening);
  }

  #hears({ wire, frame }: Extract<Happening, { kind: "heard" }>): void {
    if (frame.case === "hello") {
      // While its token is still one.
      accountOf(wire, this.#world.disk.rows.tokens);
      const { instance, presence } = frame.value;
      this.#hellos.set(wire, { instance, said: saidIn(presence) });
    }
    const hello = this.#hellos.get(wire);
    if (hello !== undefined && frame.case === "presence") hello.said = saidIn(frame.value);
    const seen = this.ofWire(wire);
    if (seen?.wire !== wire || frame.case === "pong") return;
    seen.heardAt = this.#world.uptime.ms;
    if (frame.case === "extend") seen.extendedUntil = seen.heardAt + frame.value.seconds * 1_000;
    if (frame.case === "presence") Object.assign(seen, saidIn(frame.value));
    if (!this.#isLife(frame, wire.session ?? "")) return;
    seen.lifeAt = this.#world.serverTime.ms;
    seen.lives = [...seen.lives.slice(-MOST_LIVES), seen.lifeAt];
  }

  /** A receipt is one when it comes first: after a break a plugin says again what is known. */
  #isLife(frame: Frame, session: string): boolean {
    switch (frame.case) {
      case "presence":
        return frame.value.life;
      case "held":
        return false;
      case "surfaced":
      case "taken": {
        const receipt = `${frame.case} ${frame.value.of?.eventId} ${frame.value.of?.delivery}`;
        const first = !this.#receipts.has(receipt);
        this.#receipts.add(receipt);
        return first;
      }
      case "ack":
        // Of a plugin that is gone: nobody has said anything just now.
        return (
          this.#world.disk.rows.events.get(frame.value.of?.eventId ?? "")?.seen.actor.context.claim
            ?.session === session
        );
      default:
        return true;
    }
  }
}

function saidIn(presence: Presence | undefined): Said {
  const { toolRunning = false, ready = false, interruptible = false, busy = false } = presence ?? {};
  return { tool: toolRunning, ready, interruptible, busy };
}
