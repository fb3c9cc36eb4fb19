/** Clawback's wire without a network, on a simulated clock. */
import { Connection, type ConnectionParts } from "../../src/clawback/connection.ts";
import { Seats } from "../../src/clawback/seats.ts";
import type { Wire, WireListener } from "../../src/clawback/wire.ts";
import type { Log } from "../../src/services/log.ts";
import { Box } from "../world/box.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { settle } from "../world/simulated-clock.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

type Frame = Record<string, unknown> & { type: string };

export class FakeWire implements Wire {
  readonly heard: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  /** It answers pings. */
  lives = true;
  #listener: WireListener | null = null;

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  send(text: string): void {
    const frame: Frame = JSON.parse(text);
    this.heard.push(frame);
    if (frame.type === "ping" && this.lives) queueMicrotask(() => this.says({ type: "pong" }));
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  says(frame: object | string): void {
    this.#listener?.onText(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  ends(left: boolean): void {
    this.#listener?.onEnd({ left, reason: "the test" });
  }

  get events(): string[] {
    return this.heard.flatMap(({ type, id }) => (type === "event" ? [String(id)] : []));
  }

  async acks(eventId: string, summary = "did it"): Promise<void> {
    this.says({ type: "ack", eventId, summary });
    await settle();
  }
}

export interface Rig {
  box: Box;
  parts: ConnectionParts;
  token: string;
  /** A client that is let in, or at least has said who it is. */
  client(tag?: string): Promise<FakeWire>;
  /** A connection that has said nothing yet. */
  wire(): FakeWire;
}

export async function opened(box?: Box, log: Log = quiet): Promise<Rig> {
  const own = box ?? (await Box.start());
  const { store, clock } = own;
  const { roster } = own.box;
  const seats = new Seats({ store, roster, random: seededRandom(7) });
  const says = { serverVersion: "0", protocol: 1 };
  const parts = { ...own.box, ...says, store, clock, wireClock: clock, log, seats };
  const { secret: token } = await own.box.tokens.issue(own.box.account.id, "test", "session", []);
  const wire = () => {
    const made = new FakeWire();
    new Connection(parts, made, "test", { onTrusted() {}, onEnd() {} });
    return made;
  };
  return {
    box: own,
    parts,
    token,
    wire,
    async client(tag) {
      const made = wire();
      made.says({ type: "auth", token, ...(tag !== undefined && { sessionTag: tag }) });
      await settle();
      return made;
    },
  };
}
