/** The demo's output: a line for each event's life, and one for each blow. */
import type { EventAccount } from "./ledger.ts";

export class Timeline {
  readonly #total: number;
  readonly #print: (line: string) => void;
  readonly #startedAt = Date.now();
  #done = 0;

  constructor(total: number, print: (line: string) => void) {
    this.#total = total;
    this.#print = print;
  }

  life({ event, states, last }: EventAccount): void {
    this.#done += 1;
    const progress = `${String(this.#done).padStart(2)}/${this.#total}`;
    const name = `${event.scheme} ${event.type}`.padEnd(38);
    const steps = states.map(({ state, at }) => `${state} ${this.#clock(at)}`).join(" → ");
    const again = (last?.delivery ?? 1) > 1 ? ` (delivery ${last?.delivery})` : "";
    this.#print(`${progress}  #${String(event.number).padEnd(2)} ${name} ${steps}${again}`);
  }

  note(what: string): void {
    this.#print(`       ── ${this.#clock(Date.now())} ${what}`);
  }

  #clock(at: number): string {
    return `${((at - this.#startedAt) / 1000).toFixed(1)}s`;
  }
}
