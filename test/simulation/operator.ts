/** The owner of the box: pauses lanes, lets them go on, bounds them, and has their sources take turns or not; one change after the other, and none is sure to be answered. */
import { SignalboxError } from "../../src/domain/errors.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import type { LaneChange } from "../../src/domain/lane-settings.ts";
import { POLICIES } from "../../src/domain/turns.ts";
import { TAGS } from "./server/tenants.ts";
import { Life } from "./time/life.ts";
import type { World } from "./world.ts";

const PATIENCE_MS = 20_000;

export class Operator {
  readonly #world: World;
  readonly #life: Life;
  #busy = false;
  /** Lanes that have had a greatest depth. */
  readonly bounded = new Set<string>();
  /** How often each lane was to go on: a pause that is answered after that says nothing any more. */
  readonly #goings = new Map<string, number>();
  /** How often the policy of each was to change. */
  readonly #policies = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    this.#life = new Life("operator", world.time, { offset: 0 });
  }

  /** False: he is still busy with something else. */
  pauses(): boolean {
    return this.#begins({ paused: true });
  }

  pausesAt(account: string, lane: string): boolean {
    return this.#begins({ paused: true }, { account, lane });
  }

  goesOn(): boolean {
    return this.#begins({ paused: false });
  }

  bounds(): boolean {
    return this.#begins({ maxDepth: this.#world.chance.whole(0, 4) });
  }

  /** At the beginning: in some lanes sources take turns. */
  async choosesPolicies(): Promise<void> {
    for (const { id } of this.#world.tenants) {
      for (const tag of TAGS) {
        if (this.#world.chance.one(0.4)) await this.#change(id, laneOfTag(tag), { policy: "round-robin" });
      }
    }
  }

  changesPolicy(): boolean {
    return this.#begins({ policy: this.#world.chance.of(POLICIES) });
  }

  /** No lane is held up by him any more; tried until it is so. */
  async frees(): Promise<void> {
    for (const { id } of this.#world.tenants) {
      for (const tag of TAGS) {
        while (!(await this.#change(id, laneOfTag(tag), { paused: false, maxDepth: 0 }))) {
          await this.#life.pause(1_000);
        }
      }
    }
  }

  #begins(change: LaneChange, where: { account: string; lane: string } | null = null): boolean {
    const { chance, tenants } = this.#world;
    if (this.#busy || tenants.length === 0) return false;
    this.#busy = true;
    const { account, lane } = where ?? { account: chance.of(tenants).id, lane: laneOfTag(chance.of(TAGS)) };
    void this.#change(account, lane, change).finally(() => {
      this.#busy = false;
    });
    return true;
  }

  async #change(account: string, lane: string, change: LaneChange): Promise<boolean> {
    const { up } = this.#world.server;
    if (up === null) return false;
    if ((change.maxDepth ?? 0) > 0) this.bounded.add(`${account} ${lane}`);
    // From here on it may go on again, whether he hears of it or not.
    const key = `${account} ${lane}`;
    if (change.paused === false) this.#goings.set(key, (this.#goings.get(key) ?? 0) + 1);
    const going = this.#goings.get(key);
    if (change.paused === false) this.#world.witness({ kind: "lane", account, lane, paused: false });
    const asked = (this.#policies.get(key) ?? 0) + 1;
    if (change.policy !== undefined) {
      this.#policies.set(key, asked);
      this.#world.witness({ kind: "policy", account, lane, policy: null });
    }
    const settings = await Promise.race([
      this.#life.ask(up.life, () => up.box.lanes.change(account, lane, change, "owner")).catch(refused),
      this.#life.pause(PATIENCE_MS).then(() => null),
    ]);
    if (settings === null) return false;
    if (settings.paused !== null && this.#goings.get(key) === going)
      this.#world.witness({ kind: "lane", account, lane, paused: true });
    if (change.policy !== undefined && this.#policies.get(key) === asked)
      this.#world.witness({ kind: "policy", account, lane, policy: settings.policy });
    return true;
  }
}

function refused(error: unknown): null {
  if (error instanceof SignalboxError) return null;
  throw error;
}
