/** Somebody whose Claude Code has Clawback's plugin, and never heard of ours. */
import type { Seat } from "../client/seat.ts";
import { Life } from "../time/life.ts";
import type { World } from "../world.ts";
import { ClawbackPlugin } from "./plugin.ts";

const LATEST_MS = 20_000;

/** In some worlds somebody at one of the lanes has it, with the account's token or one of his own. */
export function seatClawback(world: World, seats: readonly Seat[]): void {
  const { chance, time } = world;
  // It answers no message: where sessions talk much it would end their chains.
  if (!chance.one(world.chatty ? 0.15 : 0.8)) return;
  const { account, tag } = chance.of(seats).options;
  const seat = new ClawbackSeat(world, { name: "b1", account, tag });
  world.clawbacks = [seat];
  // One that is bound to another lane lets nobody in.
  if (chance.one(0.4)) void world.keeper.equips(account, "b1", chance.one(0.1) ? "deploys" : tag);
  time.after(chance.between(0, LATEST_MS), () => seat.start());
}

export interface ClawbackSeatOptions {
  name: string;
  account: string;
  tag: string | null;
}

export class ClawbackSeat {
  readonly options: ClawbackSeatOptions;
  readonly #world: World;
  /** How likely Claude acks what he is shown. */
  readonly #diligence: number;
  #plugin: ClawbackPlugin | null = null;
  #processes = 0;

  constructor(world: World, options: ClawbackSeatOptions) {
    this.#world = world;
    this.options = options;
    this.#diligence = world.chance.of([1, 0.8, 0.4]);
  }

  get plugin(): ClawbackPlugin | null {
    return this.#plugin === null || this.#plugin.life.over ? null : this.#plugin;
  }

  start(): void {
    if (this.plugin !== null) return;
    const { name, account, tag } = this.options;
    const mine = `${name}.${++this.#processes}`;
    const life = new Life(mine, this.#world.time, this.#world.desk.wall);
    const works = () => this.#world.chance.one(this.#diligence);
    this.#world.tell(mine, "starts");
    this.#plugin = new ClawbackPlugin({ world: this.#world, life, name: mine, account, tag, works });
  }

  /** `kill -9`: what it had in memory is gone. */
  crash(): boolean {
    const { plugin } = this;
    if (plugin === null) return false;
    plugin.life.end();
    this.#world.time.after(this.#world.chance.around(15_000), () => this.start());
    return true;
  }

  leave(): boolean {
    const { plugin } = this;
    if (plugin === null) return false;
    plugin.leaves();
    this.#world.time.after(this.#world.chance.around(15_000), () => this.start());
    return true;
  }
}
