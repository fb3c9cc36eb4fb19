/**
 * One WebSocket of Clawback's plugin, with both of its ends. TCP keeps frames in order and doubles none; what a cut has swallowed is lost,
 * and an end that is not told finds out by its own silence. What is said on it is seen as what a link of our own would say.
 */
import type { Wire as ClawbackWire, WireListener } from "../../../src/clawback/wire.ts";
import type { LiveSession } from "../../../src/services/live-session.ts";
import type { Chance } from "../chance.ts";
import { Pipe } from "../network/pipe.ts";
import type { WireSeen } from "../network/wire-seen.ts";
import type { Life } from "../time/life.ts";
import type { Time } from "../time/time.ts";
import { type HeardFrame, heardIn, type SaidFrame, saidIn } from "./as-frames.ts";

/** For the farewell: whoever does not answer it is cut off. */
const FAREWELL_MS = 2_000;

export interface SocketTap {
  serverSaid(wire: WireSeen, frame: SaidFrame): void;
  serverHeard(wire: WireSeen, frame: HeardFrame): void;
  serverLost(wire: WireSeen): void;
}

interface SocketParts {
  time: Time;
  chance: Chance;
  tap: SocketTap;
  delayMs: () => number;
  plugin: Life;
  server: Life;
  token: string;
  tag: string | null;
  /** The process that has opened it, which its wire does not name. */
  instance: string;
}

/** Its plugin's side. */
export interface PluginSide {
  send(text: string): void;
  /** `left`: the process says that it ends. */
  close(left: boolean): void;
  listen(listener: { onText(text: string): void; onClose(): void }): void;
}

export class SimulatedSocket implements WireSeen {
  readonly token: string;
  readonly tag: string | null;
  session: string | null = null;
  epoch = 0;
  readonly speaksClawback = true;
  readonly plugin: { life: Life; over: boolean };
  readonly server: { life: Life; over: boolean };
  readonly #parts: SocketParts;
  readonly #toServer: Pipe;
  readonly #toPlugin: Pipe;
  #serverListener: WireListener | null = null;
  #pluginListener: { onText(text: string): void; onClose(): void } | null = null;
  #lost = false;
  /** Who the server takes it for; set when it has accepted the connection. */
  whoIs: () => LiveSession | null = () => null;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    const { time, chance, delayMs, tap } = parts;
    this.token = parts.token;
    this.tag = parts.tag;
    this.plugin = { life: parts.plugin, over: false };
    this.server = { life: parts.server, over: false };
    this.#toServer = new Pipe({
      time,
      chance,
      delayMs,
      arrives: (bytes) => {
        if (this.server.over || this.server.life.over) return;
        const text = String(bytes);
        for (const frame of heardIn(text, parts)) tap.serverHeard(this, frame);
        void this.#serverListener?.onText(text);
      },
    });
    this.#toPlugin = new Pipe({
      time,
      chance,
      delayMs,
      arrives: (bytes) => {
        if (!this.plugin.over && !this.plugin.life.over) this.#pluginListener?.onText(String(bytes));
      },
    });
    // Its system says so at once, or nothing does (a power cut).
    parts.plugin.onEnd(() => {
      if (!chance.one(0.1)) this.#soon(() => this.#tellServer(false, "closed with 1006"));
    });
    parts.server.onEnd(() => {
      this.#serverLost();
      this.#soon(() => this.#tellPlugin());
    });
  }

  get open(): boolean {
    return !this.plugin.over && !this.server.over && !this.plugin.life.over && !this.server.life.over;
  }

  pluginSide(): PluginSide {
    return {
      send: (text) => {
        if (!this.plugin.over && !this.plugin.life.over) this.#toServer.send(Buffer.from(text));
      },
      close: (left) => {
        if (this.plugin.over) return;
        this.plugin.over = true;
        this.#toServer.whenEmpty(() => this.#tellServer(left, `closed with ${left ? 1000 : 1006}`));
      },
      listen: (listener) => {
        this.#pluginListener = listener;
      },
    };
  }

  serverSide(): ClawbackWire {
    return {
      send: (text) => {
        if (this.server.over || this.server.life.over) return;
        for (const frame of saidIn(text, this.#seat())) this.#parts.tap.serverSaid(this, frame);
        this.#toPlugin.send(Buffer.from(text));
      },
      close: (_code, reason) => {
        if (this.server.over) return;
        this.server.over = true;
        this.#parts.tap.serverSaid(this, {
          case: "refused",
          value: { code: reason.split(":")[0] ?? "", message: reason },
        } as SaidFrame);
        this.#serverLost();
        this.#toPlugin.whenEmpty(() => this.#tellPlugin());
        this.#parts.time.after(FAREWELL_MS, () => this.#soon(() => this.#tellPlugin()));
      },
      listen: (listener) => {
        this.#serverListener = listener;
      },
    };
  }

  freeze(): void {
    this.#toServer.freeze();
    this.#toPlugin.freeze();
  }

  thaw(): void {
    this.#toServer.thaw();
    this.#toPlugin.thaw();
  }

  /** Whoever is not told has no keepalive of TCP to tell him: his own silence does. */
  cut(told: "both" | "plugin" | "server"): void {
    this.#toServer.cut();
    this.#toPlugin.cut();
    if (told !== "server") this.#soon(() => this.#tellPlugin());
    if (told !== "plugin") this.#soon(() => this.#tellServer(false, "closed with 1006"));
  }

  #seat(): LiveSession | null {
    const live = this.whoIs();
    if (live !== null) {
      this.session = live.session;
      this.epoch = live.epoch;
    }
    return live;
  }

  #tellPlugin(): void {
    if (this.plugin.over || this.plugin.life.over) return;
    this.plugin.over = true;
    this.#pluginListener?.onClose();
  }

  #tellServer(left: boolean, reason: string): void {
    if (this.server.over || this.server.life.over) return;
    this.server.over = true;
    // First: what follows from it is the server's.
    this.#serverLost();
    this.#serverListener?.onEnd({ left, reason });
  }

  #serverLost(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#parts.tap.serverLost(this);
  }

  #soon(act: () => void): void {
    const { time, chance } = this.#parts;
    time.after(chance.between(0, 50), act);
  }
}
