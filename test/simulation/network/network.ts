/** Who can reach whom: streams from plugins to whichever server listens, and calls beside them. */
import type { LinkStream, Reply, Transport } from "../../../plugin/src/core/ports/transport.ts";
import type { ConnectRequest, ConnectResponse } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import type { Caller, Stream } from "../../../src/domain/ports/transport.ts";
import type { Chance } from "../chance.ts";
import type { Life } from "../time/life.ts";
import type { Time } from "../time/time.ts";
import { Wire, type WireTap } from "./wire.ts";

/** The server that listens at the one address of this world. */
export interface Listening {
  life: Life;
  accept(stream: Stream<ConnectRequest, ConnectResponse>, caller: Caller): void;
  call(token: string, method: string, request: unknown): Promise<Reply<never>>;
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
      ...this.#wires.filter(({ open }) => !open).slice(-6),
      wire,
    ];
    // The server sees the stream before the first frame.
    if (!server.life.over)
      server.accept(wire.serverSide(), { token, peer: `127.0.0.1:${this.#wires.length}` });
    return wire.pluginSide();
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
