/**
 * Acks on their way: kept on disk until the server has confirmed its commit (promise 4), said again in each Hello,
 * and waited for by the tools that gave them.
 */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Acked, type AckSchema, AckStatus } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { type Delivery, fromWire, same, toWire } from "./delivery.ts";
import { WIRE_OUTCOME } from "./hand.ts";
import type { Journal } from "./journal.ts";
import type { FrameOut } from "./link.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { KeptAck } from "./state.ts";

/** A Hello must stay well below gRPC's 4 MiB; the rest follows the Welcome. */
const IN_ONE_HELLO = 200;

interface Waiting {
  of: Delivery;
  done: (acked: Acked | null) => void;
}

export class Outbox {
  #journal: Journal;
  #clock: Clock;
  #log: Log;
  #send: (frame: FrameOut) => boolean;
  #waiting = new Set<Waiting>();
  /** Said on this connection, by its Hello or since. */
  #said = new Set<KeptAck>();

  constructor(journal: Journal, clock: Clock, log: Log, send: (frame: FrameOut) => boolean) {
    this.#journal = journal;
    this.#clock = clock;
    this.#log = log;
    this.#send = send;
  }

  find(of: Delivery): KeptAck | null {
    return this.#journal.memory.unconfirmed.find((ack) => same(ack, of)) ?? null;
  }

  /** Resolves once the ack is on stable storage; rejects when the disk does, and then the ack stays in memory. */
  async keep(ack: KeptAck): Promise<void> {
    const { memory } = this.#journal;
    if (this.find(ack) === null) memory.unconfirmed.push(ack);
    await this.#journal.save();
  }

  /** `ready`: the session can take the next event in the answer of this ack. */
  say(ack: KeptAck, ready: boolean): boolean {
    const said = this.#send({ case: "ack", value: asFrame(ack, ready) });
    if (said) this.#said.add(ack);
    return said;
  }

  forHello(): MessageInitShape<typeof AckSchema>[] {
    const first = this.#journal.memory.unconfirmed.slice(0, IN_ONE_HELLO);
    this.#said = new Set(first);
    return first.map((ack) => asFrame(ack, false));
  }

  /** What this connection has not heard yet. */
  sayRest(): void {
    for (const ack of this.#journal.memory.unconfirmed) {
      if (!this.#said.has(ack)) this.say(ack, false);
    }
  }

  /** Null: nothing was confirmed in time. */
  confirmation(of: Delivery, withinMs: number): Promise<Acked | null> {
    if (withinMs === 0) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        of,
        done: (acked) => {
          this.#waiting.delete(waiting);
          timer.cancel();
          resolve(acked);
        },
      };
      const timer = this.#clock.setTimer(withinMs, () => waiting.done(null));
      this.#waiting.add(waiting);
    });
  }

  confirmed(acked: Acked): void {
    const of = fromWire(acked.of);
    if (of === null) return;
    const { memory } = this.#journal;
    if (acked.status === AckStatus.UNKNOWN || acked.status === AckStatus.LATE) {
      this.#log.warn("an ack came to nothing", {
        event: of.eventId,
        delivery: of.delivery,
        state: acked.state,
      });
    }
    for (const ack of memory.unconfirmed) if (same(ack, of)) this.#said.delete(ack);
    memory.unconfirmed = memory.unconfirmed.filter((ack) => !same(ack, of));
    // Lost with this process it would only be said and confirmed once more.
    this.#journal.save().catch(() => this.#log.warn("state could not be saved"));
    for (const waiting of [...this.#waiting]) if (same(waiting.of, of)) waiting.done(acked);
  }

  /** The link broke: nobody needs to wait on. */
  giveUp(): void {
    for (const waiting of [...this.#waiting]) waiting.done(null);
  }
}

function asFrame(ack: KeptAck, ready: boolean): MessageInitShape<typeof AckSchema> {
  return {
    of: toWire(ack),
    outcome: WIRE_OUTCOME[ack.outcome],
    summary: ack.summary,
    ...(ack.retryAfterSeconds !== null && { retryAfterSeconds: ack.retryAfterSeconds }),
    ready,
  };
}
