/** The outside world of the torture: providers that send to every lane, and never give a webhook up. */
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/domain/ports/random.ts";
import { sampleTypes } from "../../src/domain/samples/sample.ts";
import { type ProviderSource, sendUntilAccepted } from "../world/provider.ts";
import type { AcceptedEvent } from "./verdict.ts";

export interface TorturedSource extends ProviderSource {
  slug: string;
  lane: string;
}

const LONGEST_GAP_MS = 250;
/** A lane in which so much waits is left alone for a while: torture, not flood. */
const MOST_WAITING = 4;
const BURST = 4;
const PATIENT = { againMs: 100, mostTries: 5_000 };

export interface SendersParts {
  sources: readonly TorturedSource[];
  random: Random;
  /** Events of all lanes that are known to wait or to be in hand. */
  open(): number;
}

export class Senders {
  readonly accepted: AcceptedEvent[] = [];
  /** Known deliveries that were not answered as such. */
  readonly problems: string[] = [];
  readonly #parts: SendersParts;
  readonly #running = new Set<Promise<unknown>>();
  #clock = 0;
  #sent = 0;
  #stopped = false;

  constructor(parts: SendersParts) {
    this.#parts = parts;
    for (const source of parts.sources) this.#begin(this.#run(source));
  }

  /** Now, wherever: whatever waits. */
  send(count: number): void {
    const { sources, random } = this.#parts;
    for (let i = 0; i < count; i++) {
      const source = sources[Math.floor(random.fraction() * sources.length)];
      if (source !== undefined) this.#begin(this.#send(source));
    }
  }

  /** One, to this source; its id. */
  async sendTo(slug: string): Promise<string> {
    const source = this.#parts.sources.find((one) => one.slug === slug);
    if (source === undefined) throw new Error(`there is no source ${slug}`);
    return this.#send(source);
  }

  /** Resolves when all that was begun is accepted. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  #begin(work: Promise<unknown>): void {
    this.#running.add(work);
    // Told to who stops.
    work.then(
      () => this.#running.delete(work),
      () => {},
    );
  }

  async #run(source: TorturedSource): Promise<void> {
    const { random, open, sources } = this.#parts;
    while (!this.#stopped) {
      await pause(random.fraction() * LONGEST_GAP_MS);
      if (open() > MOST_WAITING * sources.length) continue;
      const burst = random.fraction() < 0.1 ? BURST : 1;
      await Promise.all(Array.from({ length: burst }, () => this.#send(source)));
    }
  }

  async #send(source: TorturedSource): Promise<string> {
    const { random } = this.#parts;
    const types = sampleTypes(source.scheme);
    const type = types[Math.floor(random.fraction() * types.length)] ?? "";
    const webhook = { type, seed: `torture ${++this.#sent}` };
    const askedAt = ++this.#clock;
    const { id, status, tries } = await sendUntilAccepted(source, webhook, PATIENT);
    this.accepted.push({ id, lane: source.lane, askedAt, answeredAt: ++this.#clock });
    if (status !== "queued" && tries === 1) this.problems.push(`${id} was ${status} when it was sent first`);
    if (random.fraction() < 0.1) await this.#again(source, webhook, id);
    return id;
  }

  /** Promise 6: a provider that sends once more is told of the first. */
  async #again(source: TorturedSource, webhook: { type: string; seed: string }, id: string): Promise<void> {
    const again = await sendUntilAccepted(source, webhook, PATIENT);
    if (again.id !== id || again.status !== "duplicate")
      this.problems.push(`${id} was sent again and answered ${again.status} ${again.id}`);
  }
}
