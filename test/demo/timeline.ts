/**
 * The demo's output: a line for each event's life, and one for each blow. What comes to an end at about the same time is
 * put in the order in which it did: after a kill the watches come back one by one.
 */
import type { EventAccount } from "./ledger.ts";

const GATHER_MS = 200;

const endOf = ({ states }: EventAccount): number => states.at(-1)?.at ?? 0;

export class Timeline {
  readonly #total: number;
  readonly #print: (line: string) => void;
  readonly #startedAt = Date.now();
  readonly #ended: EventAccount[] = [];
  #later: NodeJS.Timeout | null = null;
  #done = 0;

  constructor(total: number, print: (line: string) => void) {
    this.#total = total;
    this.#print = print;
  }

  life(account: EventAccount): void {
    this.#ended.push(account);
    this.#later ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Prints what has been gathered. */
  flush(): void {
    clearTimeout(this.#later ?? undefined);
    this.#later = null;
    for (const account of this.#ended.splice(0).sort((a, b) => endOf(a) - endOf(b))) this.#line(account);
  }

  #line({ event, states, last }: EventAccount): void {
    this.#done += 1;
    const progress = `${String(this.#done).padStart(2)}/${this.#total}`;
    const name = `${event.scheme} ${event.type}`.padEnd(38);
    const steps = states.map(({ state, at }) => `${state} ${this.#clock(at)}`).join(" → ");
    const again = (last?.delivery ?? 1) > 1 ? ` (delivery ${last?.delivery})` : "";
    this.#print(`${progress}  #${String(event.number).padEnd(2)} ${name} ${steps}${again}`);
  }

  note(what: string): void {
    this.flush();
    this.#print(`       ── ${this.#clock(Date.now())} ${what}`);
  }

  #clock(at: number): string {
    return `${((at - this.#startedAt) / 1000).toFixed(1)}s`;
  }
}
