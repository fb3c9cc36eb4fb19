/** What Claude sees of one process of Clawback's plugin: an event at a time, until he acks it or the plugin waits no longer. */
import { deliveryOf } from "../../../src/clawback/frames.ts";
import type { Reader } from "../happening.ts";
import type { PluginParts } from "./plugin.ts";

const SECOND = 1_000;
const WAITS_MS = 5 * 60 * SECOND;
const TIMER_WORDS = "Timed out waiting for event_ack";

interface Shown {
  /** Wire id. */
  id: string;
  content: string;
}

export class Screen {
  readonly #parts: PluginParts & { reader: Reader };
  readonly #sendAck: (id: string, summary: string) => void;
  readonly #buffer: Shown[] = [];
  #inHand: Shown | null = null;
  /** The last that Claude has acked. */
  acked: string[] = [];

  constructor(parts: PluginParts & { reader: Reader }, sendAck: (id: string, summary: string) => void) {
    this.#parts = parts;
    this.#sendAck = sendAck;
  }

  receives(event: Shown): void {
    const of = deliveryOf(event.id);
    if (of === null) throw new Error(`no delivery has the id ${event.id}`);
    this.#buffer.push(event);
    // As far as anybody can know: it is shown when what is shown now is done.
    this.#parts.world.witness({ kind: "reached", to: this.#parts.reader, ...of });
    this.#showNext();
  }

  #showNext(): void {
    if (this.#inHand !== null) return;
    const next = this.#buffer.shift();
    if (next === undefined) return;
    this.#inHand = next;
    const { world, name } = this.#parts;
    const of = deliveryOf(next.id);
    if (of === null) throw new Error(`no delivery has the id ${next.id}`);
    world.tell(name, `Claude is shown ${of.eventId} (delivery ${of.delivery})`);
    world.count("shown by clawback's plugin");
    world.witness({
      kind: "shown",
      to: this.#parts.reader,
      by: "channel",
      ...of,
      text: next.content,
      unsure: false,
    });
    this.#parts.life.after(WAITS_MS, () => this.#givesUp(next));
    if (this.#parts.works() || world.healed) this.#parts.life.after(this.#worksMs(), () => this.#acks(next));
  }

  #worksMs(): number {
    return this.#parts.world.chance.one(0.85)
      ? this.#parts.world.chance.around(3 * SECOND)
      : this.#parts.world.chance.between(SECOND, 5 * 60 * SECOND);
  }

  #acks(event: Shown): void {
    if (this.#inHand !== event) return;
    const { world } = this.#parts;
    const of = deliveryOf(event.id);
    if (of !== null)
      world.witness({
        kind: "acks",
        by: this.#parts.reader,
        eventId: of.eventId,
        delivery: of.delivery,
        outcome: "done",
      });
    this.acked = [...this.acked.slice(-9), event.id];
    this.#done(event, "did it");
  }

  #givesUp(event: Shown): void {
    if (this.#inHand !== event) return;
    this.#parts.world.count("clawback's plugin gave up waiting");
    this.#done(event, TIMER_WORDS);
  }

  #done({ id }: Shown, summary: string): void {
    this.#sendAck(id, summary);
    this.#inHand = null;
    this.#showNext();
  }
}
