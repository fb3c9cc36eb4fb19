/** One process of the real server: composed as `src/main.ts` does, on a simulated clock, disk and network. */
import type { Reply } from "../../../plugin/src/core/ports/transport.ts";
import type { ConnectRequest, ConnectResponse } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { Connection } from "../../../src/clawback/connection.ts";
import { Seats } from "../../../src/clawback/seats.ts";
import { cipherOf } from "../../../src/config/cipher.ts";
import { SignalboxError } from "../../../src/domain/errors.ts";
import type { Limits } from "../../../src/domain/machines/limits.ts";
import { parseJson } from "../../../src/domain/payload.ts";
import type { Transport } from "../../../src/domain/ports/transport.ts";
import { LinkServer } from "../../../src/link/link-server.ts";
import type { Accepted } from "../../../src/services/events.ts";
import type { Log } from "../../../src/services/log.ts";
import type { Keeping } from "../../../src/services/retention.ts";
import { webhookArrival } from "../../../src/services/webhook-arrival.ts";
import { type Signalbox, signalbox } from "../../../src/signalbox.ts";
import type { Chance } from "../chance.ts";
import type { Disk } from "../disk/disk.ts";
import type { SimulatedStore } from "../disk/store.ts";
import type { Happening } from "../happening.ts";
import type { Listening } from "../network/network.ts";
import type { Life } from "../time/life.ts";
import { answerCall } from "./calls.ts";
import { Ticker } from "./ticker.ts";

const KEY = { id: "0123456789ab", bytes: new Uint8Array(32).fill(7) };

const SWEEPS_EVERY_MS = 3_000;

interface ServerParts {
  life: Life;
  chance: Chance;
  disk: Disk;
  limits: Limits;
  keeping: Keeping;
  witness(happening: Happening): void;
}

export class ServerProcess implements Listening {
  readonly life: Life;
  readonly box: Signalbox;
  readonly store: SimulatedStore;
  readonly #link: LinkServer;
  readonly #seats: Seats;
  readonly #clawbacks = new Set<Connection>();
  readonly #ticker: Ticker;
  readonly #witness: ServerParts["witness"];
  readonly #log: Log;
  #leaving = false;
  #acceptStream: Parameters<Transport<ConnectRequest, ConnectResponse>["accept"]>[0] = (stream) =>
    stream.end();

  private constructor(parts: ServerParts, store: SimulatedStore, box: Signalbox) {
    const { life, limits } = parts;
    const { reception, sessions, tokens, doorkeeper, roster } = box;
    this.life = life;
    this.#witness = parts.witness;
    this.store = store;
    this.box = box;
    this.#ticker = new Ticker(life, box);
    const log = logOf(parts);
    this.#log = log;
    this.#seats = new Seats({ store, roster, random: parts.chance.random() });
    const { graceMs } = limits;
    this.#sweepOn();
    this.#link = new LinkServer(
      { reception, sessions, tokens, doorkeeper, clock: life.clock, log, serverVersion: "0", graceMs },
      {
        accept: (handler) => {
          this.#acceptStream = handler;
        },
      },
    );
  }

  /** Rejects where the disk does not let it start; never resolves if it dies before it is up. */
  static async start(parts: ServerParts): Promise<ServerProcess> {
    const { life, chance, disk, limits, keeping, witness } = parts;
    const store = disk.openFor(life, {
      asked: (writes) => witness({ kind: "asked", writes }),
      readMany: (what, limit, got) => witness({ kind: "read", what, limit, got }),
    });
    life.onEnd(() => store.crash());
    const random = chance.random();
    const cipher = cipherOf({ current: KEY, find: (id) => (id === KEY.id ? KEY : null) }, random);
    const box = await signalbox({
      store,
      clock: life.clock,
      random,
      cipher,
      log: logOf(parts),
      limits,
      keeping,
      publicUrl: () => "http://127.0.0.1:4400",
      timezone: "Europe/Berlin",
    });
    return new ServerProcess(parts, store, box);
  }

  /** As the sweeper's worker asks, but without its hours between two passes. */
  #sweepOn(): void {
    const { clock } = this.life;
    const again = () => clock.setTimer(SWEEPS_EVERY_MS, sweep);
    const sweep = () => {
      if (this.#leaving) return;
      this.box.retention.sweep().then(again, (error: unknown) => {
        if (!(error instanceof SignalboxError)) throw error;
        again();
      });
    };
    again();
  }

  accept: Listening["accept"] = (stream, caller) => this.#acceptStream(stream, caller);

  /** What the door at `/ws` does with a WebSocket. */
  acceptSocket: Listening["acceptSocket"] = (wire, peer) => {
    const { box, store, life } = this;
    const { clock } = life;
    const says = { serverVersion: "0", protocol: 1 };
    const seats = this.#seats;
    const connection: Connection = new Connection(
      { ...box, ...says, store, clock, wireClock: clock, seats, log: this.#log },
      wire,
      peer,
      { onTrusted: () => {}, onEnd: () => this.#clawbacks.delete(connection) },
    );
    this.#clawbacks.add(connection);
    if (this.#leaving) connection.drain();
    return (account, lane) =>
      box.roster
        .inLane(account, lane)
        .map((session) => box.roster.get(account, session))
        .find((live) => live?.link === connection) ?? null;
  };

  /** What the ingress does with a request whose signature is good. */
  async post(profileId: string, slug: string, deliveryId: string | null, payload: string): Promise<Accepted> {
    const found = await this.box.sources.find(profileId, slug);
    if (found === null) throw new SignalboxError("missing", "unknown_source", "no such source", "Look again");
    // As a signature would: secrets that can't be opened refuse the request.
    found.secrets();
    const { source } = found;
    return this.box.events.accept(
      webhookArrival(source, {
        type: "push",
        verifiedBy: source.scheme,
        deliveryId,
        contentType: payload.startsWith("{") ? "application/json" : "text/plain",
        payload,
        json: () => parseJson(payload),
      }),
    );
  }

  /** What somebody asks for who wants to have it handled again: all that is dead, or one event, whatever its state. */
  async replay(account: string, id: string | null): Promise<number> {
    const { replays, events } = this.box;
    if (id !== null) return (await replays.one(await events.find(account, id))).kind === "stored" ? 1 : 0;
    const all = { lanes: null, from: null, since: null, until: null, limit: 5 };
    return (await replays.dead(account, all)).replays.filter(({ kind }) => kind === "stored").length;
  }

  async call(token: string, method: string, request: unknown): Promise<Reply<never>> {
    const { box, store, life } = this;
    const call = { token, method, request };
    this.#witness({ kind: "calls", call });
    const { reply, code } = await answerCall({ box, store, clock: life.clock }, call);
    const response = reply.kind === "ok" ? reply.response : null;
    if (!life.over) this.#witness({ kind: "answered", call, response, code });
    return reply;
  }

  /** As on SIGTERM. */
  async leave(): Promise<void> {
    this.#leaving = true;
    this.#link.drain(1);
    for (const connection of [...this.#clawbacks]) connection.drain();
    await this.#ticker.stop();
    await this.box.stop();
    await this.store.close();
  }
}

function logOf({ life, witness }: ServerParts) {
  const line = (fields: Record<string, unknown>, message: string) => {
    if (!life.over) witness({ kind: "line", from: "server", text: `${message} ${JSON.stringify(fields)}` });
  };
  return { debug: line, info: line, warn: line, error: line };
}
