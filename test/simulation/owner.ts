/** Whoever owns the crons of a world: makes them, changes his mind now and then, and deletes them in the end. */
import { MISFIRES, OVERLAPS } from "../../src/domain/machines/cron.ts";
import type { Crons } from "../../src/services/crons.ts";
import { TAGS, type Tenant } from "./server/tenants.ts";
import { Life } from "./time/life.ts";
import type { World } from "./world.ts";

const SECOND = 1_000;

/** What he may be doing when the server dies is his to do again. */
const PATIENCE_MS = 10 * SECOND;
const AGAIN_MS = 2 * SECOND;

/** Every minute, or every other: their times are reckoned once more by who looks on (`periodOf`). */
const SCHEDULES = ["* * * * *", "*/2 * * * *"] as const;

/** Of these schedules, in every zone of whole half hours. */
export const periodOf = (expression: string): number => (expression.startsWith("*/2") ? 120 : 60) * SECOND;

interface Owned {
  tenant: Tenant;
  id: string;
}

export class Owner {
  readonly #world: World;
  readonly #life: Life;
  readonly #crons: Owned[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#life = new Life("owner", world.time, { offset: 0 });
  }

  async makesCrons(): Promise<void> {
    const { chance, tenants } = this.#world;
    const count = chance.weighted({ 0: 3, 1: 4, 2: 3, 3: 1 });
    for (let n = 0; n < Number(count); n++) {
      const tenant = chance.one(0.75) ? tenants[0] : tenants[1];
      const tag = chance.of(TAGS);
      const asked = {
        schedule: chance.of(SCHEDULES),
        prompt: `/cron ${n}`,
        priority: chance.weighted({ normal: 8, priority: 1 }),
        ...(tag !== null && { tag }),
        ...this.#rules(),
      };
      if (tenant === undefined) throw new Error("there are two accounts");
      const made = await this.#asks((crons) => crons.create(tenant, asked));
      if (made !== null) this.#crons.push({ tenant, id: made.id });
    }
  }

  /** False: he has none. */
  changesHisMind(): boolean {
    const { chance } = this.#world;
    if (this.#crons.length === 0) return false;
    const { tenant, id } = chance.of(this.#crons);
    void this.#asks((crons): Promise<unknown> => {
      switch (chance.weighted({ pause: 2, resume: 3, run: 2, change: 2 })) {
        case "pause":
          return crons.change(tenant, id, {}, { paused: true });
        case "resume":
          return crons.change(tenant, id, {}, { paused: false });
        case "run":
          return crons.run(tenant, id);
        case "change":
          return crons.change(tenant, id, { schedule: chance.of(SCHEDULES), ...this.#rules() });
      }
    });
    return true;
  }

  /** Null: the account has none. */
  someCronOf(account: string): string | null {
    const ids = this.#crons.flatMap(({ tenant, id }) => (tenant.id === account ? [id] : []));
    return ids.length === 0 ? null : this.#world.chance.of(ids);
  }

  /** He has no crons any more. */
  get done(): boolean {
    return this.#crons.length === 0;
  }

  owns(account: string, lane: string): boolean {
    return this.#crons.some(({ tenant, id }) => {
      const stored = this.#world.disk.rows.crons.get(id);
      return tenant.id === account && stored?.lane === lane;
    });
  }

  async deletesAll(): Promise<void> {
    while (this.#crons.length > 0) {
      const [{ tenant, id }] = this.#crons as [Owned];
      await this.#asks((crons) => crons.remove(tenant, id));
      if (this.#world.disk.rows.crons.has(id)) await this.#life.pause(AGAIN_MS);
      else this.#crons.shift();
    }
  }

  /** What is made for each missed time is no more than a healed world can work off. */
  #rules() {
    const { chance } = this.#world;
    const misfire = chance.of(MISFIRES);
    return {
      misfire,
      overlap: chance.of(OVERLAPS),
      options: chance.one(0.3) ? { fanout: "all" } : {},
      maxLatenessMinutes: misfire === "all" || chance.one(0.2) ? 3 : 0,
    };
  }

  /** Null: nobody knows what became of it. */
  async #asks<T>(what: (crons: Crons) => Promise<T>): Promise<T | null> {
    const { up } = this.#world.server;
    if (up === null) return null;
    return Promise.race([
      this.#life.ask(up.life, () => what(up.box.crons)).catch(() => null),
      this.#life.pause(PATIENCE_MS).then(() => null),
    ]);
  }
}
