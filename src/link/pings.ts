/** Asks the other side of a stream whether it is still there. */
import type { Clock, Timer } from "../domain/ports/clock.ts";

export class Pings {
  readonly #clock: Clock;
  readonly #send: (nonce: bigint) => void;
  readonly #waiting = new Map<bigint, { answer: (lives: boolean) => void; timer: Timer }>();
  #nonce = 0n;

  constructor(clock: Clock, send: (nonce: bigint) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** True as soon as the answer is there; false after `withinMs`, or when the stream ends. */
  send(withinMs: number): Promise<boolean> {
    this.#nonce += 1n;
    const nonce = this.#nonce;
    return new Promise((answer) => {
      const timer = this.#clock.setTimer(withinMs, () => this.#conclude(nonce, false));
      this.#waiting.set(nonce, { answer, timer });
      this.#send(nonce);
    });
  }

  answered(nonce: bigint): void {
    this.#conclude(nonce, true);
  }

  end(): void {
    for (const nonce of [...this.#waiting.keys()]) this.#conclude(nonce, false);
  }

  #conclude(nonce: bigint, lives: boolean): void {
    const waiting = this.#waiting.get(nonce);
    if (waiting === undefined) return;
    this.#waiting.delete(nonce);
    waiting.timer.cancel();
    waiting.answer(lives);
  }
}
