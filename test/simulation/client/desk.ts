/** The machine on which people run their clients: its clock, its files, its processes. */
import type { Owner, Processes } from "../../../plugin/src/core/ports/processes.ts";
import type { Chance } from "../chance.ts";
import { SimulatedFiles } from "../disk/files.ts";
import { Life, type Wall } from "../time/life.ts";
import type { Time } from "../time/time.ts";

/** So few that they are used again. */
const PROCESS_IDS = 24;

export class Desk {
  readonly wall: Wall = { offset: 0 };
  readonly files: SimulatedFiles;
  readonly #time: Time;
  readonly #chance: Chance;
  readonly #processes = new Map<number, Owner & { life: Life }>();
  #lastPid = 0;

  constructor(time: Time, chance: Chance, written: (path: string, text: string) => void) {
    this.#time = time;
    this.#chance = chance;
    this.files = new SimulatedFiles(chance, written);
  }

  start(name: string): { life: Life; pid: number } {
    const life = new Life(name, this.#time, this.wall);
    do this.#lastPid = (this.#lastPid % PROCESS_IDS) + 1;
    while (this.#processes.has(this.#lastPid) && this.#processes.size < PROCESS_IDS);
    const pid = this.#lastPid;
    this.#processes.set(pid, { pid, startedAt: String(this.#time.now), life });
    // Its parent notices a moment later; until then it looks alive.
    life.onEnd(() =>
      this.#time.after(this.#chance.around(20), () => {
        if (this.#processes.get(pid)?.life === life) this.#processes.delete(pid);
      }),
    );
    return { life, pid };
  }

  processesFor(life: Life, pid: number): Processes {
    const self: Owner = { pid, startedAt: this.#processes.get(pid)?.startedAt ?? null };
    return {
      self,
      isAlive: async (owner) => {
        await life.pause(this.#chance.around(0.5));
        const found = this.#processes.get(owner.pid);
        return found !== undefined && found.startedAt === owner.startedAt;
      },
    };
  }
}
