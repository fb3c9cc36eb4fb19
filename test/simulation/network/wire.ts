/**
 * One link stream, with both of its ends. Each end is told of the end of the stream by itself: at once, or only when its
 * keepalive misses the other (half open). Frames are bytes under way, so that nobody shares an object.
 */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { LinkStream, StreamListener } from "../../../plugin/src/core/ports/transport.ts";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
} from "../../../proto/gen/signalbox/v1/link_pb.ts";
import type { Stream } from "../../../src/domain/ports/transport.ts";
import type { Chance } from "../chance.ts";
import type { Life } from "../time/life.ts";
import type { Time } from "../time/time.ts";
import { Pipe } from "./pipe.ts";
import type { WireSeen } from "./wire-seen.ts";

/** As the options of the real channel say: a ping after 20 s, its answer within 10. */
const KEEPALIVE_MS = 30_000;

/** Told of what is said, as seen on the wire. */
export interface WireTap {
  serverSaid(wire: WireSeen, frame: ConnectResponse["frame"]): void;
  serverHeard(wire: WireSeen, frame: ConnectRequest["frame"]): void;
  pluginHeard(wire: WireSeen, frame: ConnectResponse["frame"]): void;
  /** The server has been told that the stream is over, or is dead itself. */
  serverLost(wire: WireSeen): void;
}

interface WireParts {
  time: Time;
  chance: Chance;
  tap: WireTap;
  delayMs: () => number;
  plugin: Life;
  server: Life;
  /** With which the stream was opened. */
  token: string | null;
}

/** One end: who listens there, until he is told that it is over. */
class End<Frame> {
  readonly life: Life;
  listener: StreamListener<Frame> | null = null;
  over = false;

  constructor(life: Life) {
    this.life = life;
  }

  tell(clean: boolean, reason: string): boolean {
    if (this.over || this.life.over) return false;
    this.over = true;
    this.listener?.onEnd({ clean, reason });
    return true;
  }
}

export class Wire implements WireSeen {
  readonly speaksClawback = false;
  readonly plugin: End<ConnectResponse>;
  readonly server: End<ConnectRequest>;
  /** As the server's Welcome named it. */
  session: string | null = null;
  readonly token: string | null;
  epoch = 0;
  readonly #parts: WireParts;
  readonly #toServer: Pipe;
  readonly #toPlugin: Pipe;
  /** The last frames to the plugin: a stream that is over may still deliver them. */
  readonly #lastToPlugin: Uint8Array[] = [];
  readonly #lastToServer: Uint8Array[] = [];
  #lost = false;

  constructor(parts: WireParts) {
    const { time, chance, delayMs, tap } = parts;
    this.#parts = parts;
    this.token = parts.token;
    this.plugin = new End(parts.plugin);
    this.server = new End(parts.server);
    this.#toServer = new Pipe({
      time,
      chance,
      delayMs,
      arrives: (bytes) => {
        if (this.server.over || this.server.life.over) return;
        remember(this.#lastToServer, bytes);
        const frame = fromBinary(ConnectRequestSchema, bytes);
        tap.serverHeard(this, frame.frame);
        this.server.listener?.onFrame(frame);
      },
    });
    this.#toPlugin = new Pipe({
      time,
      chance,
      delayMs,
      arrives: (bytes) => {
        if (this.plugin.over || this.plugin.life.over) return;
        remember(this.#lastToPlugin, bytes);
        const frame = fromBinary(ConnectResponseSchema, bytes);
        tap.pluginHeard(this, frame.frame);
        this.plugin.listener?.onFrame(frame);
      },
    });
    parts.plugin.onEnd(() => this.#died(this.server, "the plugin is gone"));
    parts.server.onEnd(() => {
      this.#serverLost();
      this.#died(this.plugin, "the server is gone");
    });
  }

  get open(): boolean {
    return !this.plugin.over && !this.server.over && !this.plugin.life.over && !this.server.life.over;
  }

  pluginSide(): LinkStream {
    return {
      send: (frame) => {
        if (!this.plugin.over && !this.plugin.life.over)
          this.#toServer.send(toBinary(ConnectRequestSchema, frame));
      },
      end: () => {
        if (this.plugin.over) return;
        this.plugin.over = true;
        this.#toServer.whenEmpty(() => this.#tellServer(true, "the plugin ended the stream"));
        this.#missed();
      },
      listen: (listener) => {
        this.plugin.listener = listener;
      },
    };
  }

  serverSide(): Stream<ConnectRequest, ConnectResponse> {
    return {
      send: (frame) => {
        if (this.server.over || this.server.life.over) return;
        if (frame.frame.case === "welcome") {
          this.session = frame.frame.value.session;
          this.epoch = Number(frame.frame.value.epoch);
        }
        this.#parts.tap.serverSaid(this, frame.frame);
        this.#toPlugin.send(toBinary(ConnectResponseSchema, frame));
      },
      end: () => {
        if (this.server.over) return;
        this.server.over = true;
        this.#serverLost();
        this.#toPlugin.whenEmpty(() => this.plugin.tell(true, "the server ended the link"));
        this.#missed();
      },
      listen: (listener) => {
        this.server.listener = listener;
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

  /** Both ends are told at about the same time, or one of them only by its keepalive. */
  cut(told: "both" | "plugin" | "server"): void {
    this.#toServer.cut();
    this.#toPlugin.cut();
    const { chance } = this.#parts;
    const soon = () => chance.between(0, 50);
    const late = () => chance.between(KEEPALIVE_MS - 10_000, KEEPALIVE_MS);
    this.#after(told === "server" ? late() : soon(), () => this.plugin.tell(false, "the cable was cut"));
    this.#after(told === "plugin" ? late() : soon(), () => this.#tellServer(false, "the cable was cut"));
  }

  /** Frames of a stream that is over arrive once more, at whichever end has been told so. */
  replay(): number {
    let said = 0;
    if (this.plugin.over && !this.plugin.life.over) {
      for (const bytes of this.#lastToPlugin) {
        this.plugin.listener?.onFrame(fromBinary(ConnectResponseSchema, bytes));
        said += 1;
      }
    }
    if (this.server.over && !this.server.life.over) {
      for (const bytes of this.#lastToServer) {
        this.server.listener?.onFrame(fromBinary(ConnectRequestSchema, bytes));
        said += 1;
      }
    }
    return said;
  }

  /** The process at one end died; its system says so, or nothing does (a power cut). */
  #died(other: End<ConnectRequest> | End<ConnectResponse>, reason: string): void {
    const { chance } = this.#parts;
    const silent = chance.one(0.1);
    const ms = silent ? chance.between(KEEPALIVE_MS - 10_000, KEEPALIVE_MS) : chance.between(0, 50);
    this.#after(ms, () =>
      other === this.server ? this.#tellServer(false, reason) : other.tell(false, reason),
    );
  }

  /** Whoever is not told of the end is told by his keepalive. */
  #missed(): void {
    this.#after(KEEPALIVE_MS, () => {
      this.#tellServer(false, "keepalive");
      this.plugin.tell(false, "keepalive");
    });
  }

  #tellServer(clean: boolean, reason: string): void {
    if (this.server.tell(clean, reason)) this.#serverLost();
  }

  #serverLost(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#parts.tap.serverLost(this);
  }

  #after(ms: number, act: () => void): void {
    this.#parts.time.after(ms, act);
  }
}

function remember(last: Uint8Array[], bytes: Uint8Array): void {
  last.push(bytes);
  if (last.length > 12) last.shift();
}
