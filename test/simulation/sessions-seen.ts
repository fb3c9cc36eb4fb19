/** What the wire tells of sessions: who is attached, since when, and when each gave its last sign of life. */
import { accountOf } from "./account-of.ts";
import type { Happening } from "./happening.ts";
import type { Wire } from "./network/wire.ts";
import type { World } from "./world.ts";

export interface SessionSeen {
  /** Its stream, as long as the server has not lost it. */
  wire: Wire | null;
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
  /** It has said that an interrupt would come in now. */
  interruptible: boolean;
  /** Healthy time until which it has asked not to be taken for silent. */
  extendedUntil: number;
}

const MOST_LIVES = 20;

type Frame = Extract<Happening, { kind: "heard" }>["frame"];

const NOBODY = { instance: "", tool: false, interruptible: false };

export class SessionsSeen {
  readonly #world: World;
  readonly #sessions = new Map<string, SessionSeen>();
  readonly #hellos = new WeakMap<Wire, { instance: string; tool: boolean; interruptible: boolean }>();

  readonly #receipts = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  of(account: string, session: string): SessionSeen | undefined {
    return this.#sessions.get(`${account} ${session}`);
  }

  ofWire(wire: Wire): SessionSeen | undefined {
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
      const { instance, tool, interruptible } = this.#hellos.get(wire) ?? NOBODY;
      const before = this.#sessions.get(key);
      const now = uptime.ms;
      this.#sessions.set(key, {
        wire,
        since: now,
        lifeAt: serverTime.ms,
        lives: [serverTime.ms],
        heardAt: now,
        instance,
        tool,
        interruptible,
        extendedUntil: Math.max(now, before?.instance === instance ? before.extendedUntil : 0),
      });
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
      const { instance, presence } = frame.value;
      const { toolRunning: tool = false, interruptible = false } = presence ?? {};
      this.#hellos.set(wire, { instance, tool, interruptible });
    }
    const seen = this.ofWire(wire);
    if (seen?.wire !== wire || frame.case === "pong") return;
    seen.heardAt = this.#world.uptime.ms;
    if (frame.case === "extend") seen.extendedUntil = seen.heardAt + frame.value.seconds * 1_000;
    if (frame.case === "presence") {
      seen.tool = frame.value.toolRunning;
      seen.interruptible = frame.value.interruptible;
    }
    if (!this.#isLife(frame)) return;
    seen.lifeAt = this.#world.serverTime.ms;
    seen.lives = [...seen.lives.slice(-MOST_LIVES), seen.lifeAt];
  }

  /** A receipt is one when it comes first: after a break a plugin says again what is known. */
  #isLife(frame: Frame): boolean {
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
      default:
        return true;
    }
  }
}
