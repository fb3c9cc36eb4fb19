/**
 * Somebody who works at a lane with Clawback's own plugin, as its documentation tells of it: one process after the other, each with a
 * memory of its own, which is all that it has.
 */
import { setTimeout as pause } from "node:timers/promises";
import { ClawbackClient } from "../clawback/client.ts";
import type { Entry } from "../standin/transcript-entry.ts";
import type { SeatParts, Sitting } from "./seat.ts";

const LONGEST_WORK_MS = 150;
const LOOK_MS = 10;
const AGAIN_MS = 500;
/** A connection on which nothing is heard for so long is given up. */
const SILENCE_MS = 90_000;

interface ClawbackParts extends Pick<SeatParts, "name" | "lane" | "random" | "note"> {
  httpUrl: string;
  /** As the configuration has it now. */
  token(): string;
}

export class ClawbackSeat implements Sitting {
  readonly name: string;
  readonly transcripts: Entry[][] = [];
  readonly #parts: ClawbackParts;
  #process: ClawbackProcess | null = null;
  #opening: Promise<void> = Promise.resolve();

  constructor(parts: ClawbackParts) {
    this.#parts = parts;
    this.name = parts.name;
  }

  get working(): boolean {
    return this.#process?.working === true;
  }

  ready(): Promise<void> {
    return this.#opening;
  }

  open(afterMs = 0): void {
    this.#opening = pause(afterMs).then(() => {
      const entries: Entry[] = [];
      this.transcripts.push(entries);
      this.#process = new ClawbackProcess(this.#parts, entries);
      this.#parts.note(`${this.name}: a client with Clawback's plugin is up`);
    });
  }

  /** Its memory is gone, with the event in hand and the acks that were not sent. */
  async killClient({ downMs }: { downMs: number }): Promise<void> {
    await this.ready();
    await this.#process?.die();
    this.open(downMs);
  }

  killPlugin(how: { downMs: number }): Promise<void> {
    return this.killClient(how);
  }

  async close(): Promise<void> {
    await this.ready();
    await this.#process?.die();
  }
}

class ClawbackProcess {
  working = false;
  readonly #parts: ClawbackParts;
  readonly #entries: Entry[];
  readonly #client: ClawbackClient;
  readonly #living: Promise<void>;
  #dead = false;
  #handled = 0;
  #heard = { frames: 0, at: performance.now() };

  constructor(parts: ClawbackParts, entries: Entry[]) {
    this.#parts = parts;
    this.#entries = entries;
    const { tag } = parts.lane;
    this.#client = new ClawbackClient(parts.httpUrl, parts.token(), tag ?? undefined);
    this.#living = this.#live();
  }

  async die(): Promise<void> {
    this.#dead = true;
    await this.#client.breaks();
    await this.#living;
  }

  async #live(): Promise<void> {
    while (!this.#dead) {
      if (!this.#client.isOpen) await this.#connects();
      await this.#listensForSilence();
      await this.#works();
      await pause(LOOK_MS);
    }
  }

  async #connects(): Promise<void> {
    try {
      await this.#client.connect({ token: this.#parts.token() });
    } catch {
      // It waits for an answer that does not come.
      await this.#client.breaks();
    }
    if (!this.#client.isOpen) await pause(AGAIN_MS);
  }

  async #listensForSilence(): Promise<void> {
    const frames = this.#client.heard.length;
    if (frames !== this.#heard.frames) this.#heard = { frames, at: performance.now() };
    if (performance.now() - this.#heard.at < SILENCE_MS) return;
    this.#heard.at = performance.now();
    await this.#client.breaks();
  }

  async #works(): Promise<void> {
    const shown = this.#client.shown[this.#handled];
    if (shown === undefined) return;
    this.#handled += 1;
    const read = {
      turn: this.#handled,
      origins: ["channel" as const],
      instructions: false,
      reads: shown.content,
    };
    this.#entries.push({ kind: "turn-begin", ...read, at: Date.now() });
    this.working = true;
    await pause(this.#parts.random.fraction() * LONGEST_WORK_MS);
    this.working = false;
    if (!this.#dead) this.#client.ack();
  }
}
