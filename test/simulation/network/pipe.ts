/** One direction of a stream: frames arrive in order, late, or not at all. */
import type { Chance } from "../chance.ts";
import type { Time } from "../time/time.ts";

interface PipeParts {
  time: Time;
  chance: Chance;
  /** How long a frame takes just now. */
  delayMs: () => number;
  arrives: (bytes: Uint8Array) => void;
}

export class Pipe {
  readonly #parts: PipeParts;
  readonly #held: Uint8Array[] = [];
  #arrivesAt = 0;
  #frozen = false;
  #cut = false;
  /** Frames under way, in order. */
  #underWay = 0;
  #whenEmpty: (() => void) | null = null;

  constructor(parts: PipeParts) {
    this.#parts = parts;
  }

  send(bytes: Uint8Array): void {
    if (this.#cut) return;
    if (this.#frozen) {
      this.#held.push(bytes);
      return;
    }
    const { time, delayMs } = this.#parts;
    this.#arrivesAt = Math.max(this.#arrivesAt, time.now + delayMs());
    this.#underWay += 1;
    time.after(this.#arrivesAt - time.now, () => {
      this.#underWay -= 1;
      if (this.#cut) return;
      if (this.#frozen) this.#held.push(bytes);
      else this.#parts.arrives(bytes);
      this.#empty();
    });
  }

  /** Nothing arrives until it thaws; nothing is lost. */
  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    for (const bytes of this.#held.splice(0)) this.send(bytes);
    this.#empty();
  }

  /** What is under way is lost. */
  cut(): void {
    this.#cut = true;
    this.#held.length = 0;
  }

  /** Called once all that was sent has arrived; never, if it is cut. */
  whenEmpty(act: () => void): void {
    this.#whenEmpty = act;
    this.#empty();
  }

  #empty(): void {
    if (this.#underWay > 0 || this.#held.length > 0 || this.#frozen || this.#cut) return;
    const act = this.#whenEmpty;
    this.#whenEmpty = null;
    act?.();
  }
}
