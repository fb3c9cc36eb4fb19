/** Tool calls that wait for an event: a long poll of `event_take`, or the answer of `event_ack` that may carry the next. */
import type { Clock } from "./ports/clock.ts";
import type { InHand } from "./state.ts";

export type TakingTool = "event_take" | "event_ack";

interface Taker {
  tool: TakingTool;
  done: (event: InHand | null) => void;
}

export class Takers {
  #clock: Clock;
  #onChange: () => void;
  #takers = new Set<Taker>();

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** The session asks for an event; `event_ack` only waits for one that the server has announced. */
  get asking(): boolean {
    return [...this.#takers].some(({ tool }) => tool === "event_take");
  }

  /** Null: none came in time, or the call was cancelled. */
  next(tool: TakingTool, withinMs: number, signal: AbortSignal): Promise<InHand | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const taker: Taker = {
        tool,
        done: (event) => {
          this.#takers.delete(taker);
          timer.cancel();
          signal.removeEventListener("abort", leave);
          resolve(event);
        },
      };
      const leave = () => {
        taker.done(null);
        this.#onChange();
      };
      const timer = this.#clock.setTimer(withinMs, leave);
      signal.addEventListener("abort", leave, { once: true });
      this.#takers.add(taker);
      this.#onChange();
    });
  }

  /** All that wait are given the event: it is the same until it is acked. Null: nobody waits. */
  give(event: InHand): TakingTool | null {
    const waiting = [...this.#takers];
    for (const taker of waiting) taker.done(event);
    return waiting.at(-1)?.tool ?? null;
  }

  close(): void {
    for (const taker of [...this.#takers]) taker.done(null);
  }
}
