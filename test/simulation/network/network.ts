/** Who can reach whom: streams from plugins to whichever server listens, and calls beside them. */
import type { LinkStream, Reply, Transport } from "../../../plugin/src/core/ports/transport.ts";
import type { ConnectRequest, ConnectResponse } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import type { Wire as ClawbackWire } from "../../../src/clawback/wire.ts";
import { laneOfTag } from "../../../src/domain/lane.ts";
import type { Stream, Caller as StreamCaller } from "../../../src/domain/ports/transport.ts";
import type { LiveSession } from "../../../src/services/live-session.ts";
import type { Chance } from "../chance.ts";
import { type PluginSide, SimulatedSocket } from "../clawback/socket.ts";
import type { Life } from "../time/life.ts";
import type { Time } from "../time/time.ts";
import { Wire, type WireTap } from "./wire.ts";

/** The server that listens at the one address of this world. */
export interface Listening {
  life: Life;
  accept(stream: Stream<ConnectRequest, ConnectResponse>, caller: StreamCaller): void;
  /** A WebSocket of Clawback's plugin; gives who it is taken for, once it is let in. */
  acceptSocket(wire: ClawbackWire, peer: string): (account: string, lane: string) => LiveSession | null;
  call(token: string, method: string, request: unknown): Promise<Reply<never>>;
}

/** Of Clawback's wire. */
interface Caller {
  token: string;
  account: string;
  tag: string | null;
  instance: string;
}

const REFUSED = "connection refused";

export class Network {
  server: Listening | null = null;
  /** Nothing gets through, and nobody is told. */
  blackHole = false;
  /** Everything takes so many times longer. */
  slowness = 1;
  readonly #time: Time;
  readonly #chance: Chance;
  readonly #tap: WireTap;
  #wires: Wire[] = [];
  #sockets: SimulatedSocket[] = [];

  constructor(time: Time, chance: Chance, tap: WireTap) {
    this.#time = time;
    this.#chance = chance;
    this.#tap = tap;
  }

  /** Streams that are not over at both ends, and a few that are. */
  get wires(): readonly Wire[] {
    return this.#wires;
  }

  get openWires(): Wire[] {
    return this.#wires.filter(({ open }) => open);
  }

  /** Those of Clawback's plugins that the server does not know to be over. */
  get sockets(): readonly SimulatedSocket[] {
    return this.#sockets;
  }

  /** Frames of streams that are over arrive once more; how many. */
  replays(): number {
    const over = this.#wires.filter(({ open }) => !open);
    return over.reduce((said, wire) => said + wire.replay(), 0);
  }

  delayMs(): number {
    return this.#chance.around(2) * this.slowness;
  }

  transportFor(plugin: Life): Transport {
    return {
      open: ({ token }) => this.open(plugin, token),
      call: async (target, method, request) => {
        await plugin.pause(this.delayMs());
        const { server } = this;
        if (server === null || this.blackHole) {
          await plugin.pause(this.blackHole ? 10_000 : 0);
          return { kind: "failed", failure: "unavailable", message: REFUSED };
        }
        const reply = await plugin.ask(server.life, () => server.call(target.token, method.name, request));
        await plugin.pause(this.delayMs());
        return reply ?? { kind: "failed", failure: "unavailable", message: "the server is gone" };
      },
      close: () => {},
    };
  }

  open(plugin: Life, token: string | null): LinkStream {
    const { server } = this;
    if (server === null || this.blackHole) return this.#unreachable(plugin);
    const [time, chance, tap] = [this.#time, this.#chance, this.#tap];
    const wire = new Wire({
      time,
      chance,
      tap,
      plugin,
      token,
      server: server.life,
      delayMs: () => this.delayMs(),
    });
    this.#wires = [
      ...this.#wires.filter(({ open }) => open),
      ...this.#wires.filter(({ open, session }) => !open && session !== null).slice(-6),
      wire,
    ];
    // The server sees the stream before the first frame.
    if (!server.life.over)
      server.accept(wire.serverSide(), { token, peer: `127.0.0.1:${this.#wires.length}` });
    return wire.pluginSide();
  }

  openSocket(plugin: Life, { account, ...caller }: Caller): PluginSide {
    const { server } = this;
    if (server === null || this.blackHole) return this.#unreachableSocket(plugin);
    const [time, chance, tap] = [this.#time, this.#chance, this.#tap];
    const delayMs = () => this.delayMs();
    const parts = { time, chance, tap, delayMs, plugin, server: server.life };
    const socket = new SimulatedSocket({ ...parts, ...caller });
    this.#sockets = [...this.#sockets.filter((one) => !one.server.over && !one.server.life.over), socket];
    const whoIs = server.acceptSocket(socket.serverSide(), "127.0.0.1:1");
    socket.whoIs = () => whoIs(account, laneOfTag(caller.tag));
    return socket.pluginSide();
  }

  #unreachableSocket(plugin: Life): PluginSide {
    let over = false;
    return {
      send: () => {},
      close: () => {
        over = true;
      },
      listen: ({ onClose }) => {
        plugin.after(this.blackHole ? 10_000 : this.delayMs(), () => {
          if (!over) onClose();
        });
      },
    };
  }

  #unreachable(plugin: Life): LinkStream {
    let over = false;
    return {
      send: () => {},
      end: () => {
        over = true;
      },
      listen: ({ onEnd }) => {
        if (this.blackHole) return;
        plugin.after(this.delayMs(), () => {
          if (!over) onEnd({ clean: false, reason: REFUSED });
        });
      },
    };
  }
}
