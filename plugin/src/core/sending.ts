/**
 * Messages, and runs of crons, on their way. A call whose answer was lost is made again under the name that it had, by which the
 * server knows what it has stored already (promise 6): a few times at once, and also when Claude asks for the very same again.
 */
import type { Clock } from "./ports/clock.ts";
import type { Random } from "./ports/random.ts";

/** Before the second try, and before the third. */
const PAUSES_MS = [1_000, 3_000];
/** Calls of which nobody knows whether they came through. */
const REMEMBERED = 20;

export class Sending {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #unsure = new Map<string, string>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** `words`: what is sent to whom. `isLost`: the answer leaves open whether it came through. */
  async send<T>(
    words: string,
    call: (requestId: string) => Promise<T>,
    isLost: (answer: T) => boolean,
    signal: AbortSignal,
  ): Promise<T> {
    const requestId = this.#unsure.get(words) ?? Buffer.from(this.#random.bytes(16)).toString("hex");
    this.#remember(words, requestId);
    let answer = await call(requestId);
    for (const pauseMs of PAUSES_MS) {
      if (!isLost(answer) || signal.aborted) break;
      await new Promise<void>((resolve) => this.#clock.setTimer(pauseMs, resolve));
      answer = await call(requestId);
    }
    if (!isLost(answer)) this.#unsure.delete(words);
    return answer;
  }

  #remember(words: string, requestId: string): void {
    this.#unsure.delete(words);
    this.#unsure.set(words, requestId);
    const [oldest] = this.#unsure.keys();
    if (this.#unsure.size > REMEMBERED && oldest !== undefined) this.#unsure.delete(oldest);
  }
}
