/**
 * Looks for what other plugins have left while this one is connected: one that was killed a moment ago may not have
 * been gone yet when the link was made.
 */
import type { Clock, Timer } from "./ports/clock.ts";

const FIRST_LOOK_MS = 2_000;
const NEXT_LOOK_MS = 30_000;

export class OrphanWatch {
  #clock: Clock;
  #look: () => Promise<void>;
  #timer: Timer | null = null;

  constructor(clock: Clock, look: () => Promise<void>) {
    this.#clock = clock;
    this.#look = look;
  }

  /** The link is online. */
  start(): void {
    this.stop();
    this.#lookIn(FIRST_LOOK_MS);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #lookIn(ms: number): void {
    this.#timer = this.#clock.setTimer(ms, () => {
      this.#lookIn(NEXT_LOOK_MS);
      void this.#look();
    });
  }
}
