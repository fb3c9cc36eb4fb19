/**
 * The memory of this process and its file. `save` resolves once what stood in memory when it was called is on stable
 * storage; saves that wait for the same turn of the disk share one write. Before `open` nothing is worth keeping.
 */
import type { Configuration } from "./configuration.ts";
import type { Clock } from "./ports/clock.ts";
import type { Files } from "./ports/files.ts";
import type { Processes } from "./ports/processes.ts";
import { emptyMemory, type Memory, type State } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

export interface JournalPorts {
  clock: Clock;
  files: Files;
  processes: Processes;
}

export class Journal {
  readonly memory: Memory = emptyMemory();
  #ports: JournalPorts;
  #surroundings: Surroundings;
  #place: { folder: string; fingerprint: string } | null = null;
  #last: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;

  constructor(ports: JournalPorts, surroundings: Surroundings) {
    this.#ports = ports;
    this.#surroundings = surroundings;
  }

  /** The folder stays what it was at first; the account may change with the configuration. Rejects when the disk does. */
  async open({ stateFolder, fingerprint }: Configuration): Promise<void> {
    if (this.#place === null) await this.#ports.files.makeFolder(stateFolder);
    const before = this.#place;
    this.#place = { folder: before?.folder ?? stateFolder, fingerprint };
    // What another token's plugins left is not adopted: what this process leaves must be found by its new one.
    if (before !== null && before.fingerprint !== fingerprint) await this.save();
  }

  get folder(): string | null {
    return this.#place?.folder ?? null;
  }

  get fileName(): string {
    return `${this.#surroundings.instance}.json`;
  }

  get fingerprint(): string | null {
    return this.#place?.fingerprint ?? null;
  }

  /** Rejects when the disk does. */
  save(): Promise<void> {
    this.#queued ??= this.#afterThis(async () => {
      this.#queued = null;
      if (this.#place === null) throw new Error("the plugin has no folder for its state yet");
      await this.#ports.files.write(
        `${this.#place.folder}/${this.fileName}`,
        JSON.stringify(this.#state(this.#place)),
      );
    });
    return this.#queued;
  }

  #afterThis(write: () => Promise<void>): Promise<void> {
    const next = this.#last.then(write);
    this.#last = next.catch(() => {});
    return next;
  }

  #state(place: { fingerprint: string }): State {
    return {
      version: 1,
      owner: this.#ports.processes.self,
      fingerprint: place.fingerprint,
      session: this.#surroundings.sessionId,
      savedAt: this.#ports.clock.now(),
      ...this.memory,
    };
  }
}
