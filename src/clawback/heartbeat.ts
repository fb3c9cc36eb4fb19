/**
 * Pings, and what their answers prove. Clawback's ping has no name, so answers are counted: what stands before a ping has come through
 * when its answer is there. A client that has been silent for long is gone.
 */
import type { Clock, Timer } from "../domain/ports/clock.ts";

/** The plugin wants one every 30 s. */
const EVERY_MS = 25_000;
const SILENT_MS = 80_000;
/** Unanswered; nobody who lives comes near. */
const MOST_WAITING = 64;

interface HeartbeatParts {
  clock: Clock;
  /** False: nothing can be sent yet. */
  ping: () => boolean;
  onSilent: () => void;
}

export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #waiting: ((lives: boolean) => void)[] = [];
  #heardAt: number;
  #timer: Timer;
  #ended = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#heardAt = parts.clock.monotonic();
    this.#timer = parts.clock.setTimer(EVERY_MS, () => this.#beat());
  }

  heard(): void {
    this.#heardAt = this.#parts.clock.monotonic();
  }

  pong(): void {
    this.#waiting.shift()?.(true);
  }

  /** Called once, when all that was sent before is known to have come through, or with false when the connection ends. */
  send(concluded: (lives: boolean) => void = () => {}): void {
    const asks = !this.#ended && this.#waiting.length < MOST_WAITING && this.#parts.ping();
    if (asks) this.#waiting.push(concluded);
    else concluded(false);
  }

  /** True as soon as an answer is there; false after `withinMs`. */
  ask(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.setTimer(withinMs, () => resolve(false));
      this.send((lives) => {
        timer.cancel();
        resolve(lives);
      });
    });
  }

  end(): void {
    this.#ended = true;
    this.#timer.cancel();
    for (const conclude of this.#waiting.splice(0)) conclude(false);
  }

  #beat(): void {
    if (this.#parts.clock.monotonic() - this.#heardAt > SILENT_MS) {
      this.#parts.onSilent();
      return;
    }
    this.send();
    this.#timer = this.#parts.clock.setTimer(EVERY_MS, () => this.#beat());
  }
}
