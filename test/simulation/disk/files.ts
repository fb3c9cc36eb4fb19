/**
 * The small files of one machine's plugins. What a process has not synced yet may be there, or not, after a power cut; a
 * process that dies while it writes leaves the old file or the new one, and perhaps its temporary one.
 */
import type { Files } from "../../../plugin/src/core/ports/files.ts";
import type { Chance } from "../chance.ts";
import type { Life } from "../time/life.ts";

export class SimulatedFiles {
  /** As processes see them. */
  readonly #seen = new Map<string, string>();
  /** As a power cut would leave them. */
  readonly #synced = new Map<string, string>();
  readonly #chance: Chance;
  readonly #written: (path: string, text: string) => void;
  #temporary = 0;
  full = false;

  constructor(chance: Chance, written: (path: string, text: string) => void) {
    this.#chance = chance;
    this.#written = written;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Each file that is not synced is as before or as after. */
  powerCut(): void {
    for (const path of new Set([...this.#seen.keys(), ...this.#synced.keys()])) {
      if (this.#chance.one(0.5)) copy(path, this.#seen, this.#synced);
      copy(path, this.#synced, this.#seen);
    }
  }

  of(life: Life): Files {
    const soon = () => life.pause(this.#chance.around(1));
    return {
      read: async (path) => {
        await soon();
        return this.#seen.get(path) ?? null;
      },
      write: async (path, text) => {
        this.#temporary += 1;
        const temporary = `${path}.${this.#temporary}.tmp`;
        await soon();
        if (this.full) throw new Error("ENOSPC: no space left on device");
        this.#seen.set(temporary, text);
        await soon();
        if (this.full) {
          this.#seen.delete(temporary);
          throw new Error("ENOSPC: no space left on device, fsync");
        }
        this.#seen.delete(temporary);
        this.#seen.set(path, text);
        this.#written(path, text);
        await soon();
        this.#synced.set(path, text);
      },
      makeFolder: soon,
      list: async (folder) => {
        await soon();
        const names = [...this.#seen.keys()].filter((path) => path.startsWith(`${folder}/`));
        return names.map((path) => path.slice(folder.length + 1)).sort();
      },
      rename: async (from, to) => {
        await soon();
        const text = this.#seen.get(from);
        if (text === undefined) return;
        this.#seen.delete(from);
        this.#seen.set(to, text);
      },
      remove: async (path) => {
        await soon();
        this.#seen.delete(path);
      },
    };
  }
}

function copy(path: string, from: ReadonlyMap<string, string>, to: Map<string, string>): void {
  const text = from.get(path);
  if (text === undefined) to.delete(path);
  else to.set(path, text);
}
