/** What `src/schedule/` and its ticker do on a real clock: fires what is due, when the server has said, and with each beat. */
import type { Timer } from "../../../src/domain/ports/clock.ts";
import type { Signalbox } from "../../../src/signalbox.ts";
import type { Life } from "../time/life.ts";

const BEAT_MS = 5_000;
const AGAIN_MS = 1_000;

export class Ticker {
  readonly #life: Life;
  readonly #box: Signalbox;
  #timer: Timer | null = null;
  #underWay: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(life: Life, box: Signalbox) {
    this.#life = life;
    this.#box = box;
    box.crons.onSooner(() => this.#lookIn(0));
    this.#lookIn(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#underWay;
  }

  #lookIn(ms: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#life.clock.setTimer(Math.min(Math.max(ms, 0), BEAT_MS), () => {
      this.#underWay = this.#look();
    });
  }

  async #look(): Promise<void> {
    const nextAt = await this.#box.firing.fireDue().catch(() => this.#life.clock.now() + AGAIN_MS);
    this.#lookIn(nextAt === null ? BEAT_MS : nextAt - this.#life.clock.now());
  }
}
