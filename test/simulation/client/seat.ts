/** Somebody before a terminal: he starts a client, types, presses Esc, clears, leaves, comes back. */
import type { World } from "../world.ts";
import { Client, type ClientKind } from "./client.ts";

export interface SeatOptions {
  name: string;
  kind: ClientKind;
  account: string;
  tag: string | null;
  messaging: boolean;
  channel: boolean;
}

export class Seat {
  readonly options: SeatOptions;
  readonly #world: World;
  #client: Client | null = null;
  #processes = 0;
  #sessions = 0;
  #sessionId = "";
  /** Another terminal with the same session, for a while. */
  #second: Client | null = null;

  constructor(world: World, options: SeatOptions) {
    this.#world = world;
    this.options = options;
  }

  get client(): Client | null {
    return this.#client === null || this.#client.life.over ? null : this.#client;
  }

  /** All that runs here. */
  get clients(): Client[] {
    return [this.client, this.#second].filter((one) => one !== null && !one.life.over) as Client[];
  }

  start(resume: boolean): void {
    if (this.client !== null) return;
    const before = this.#client;
    const resumes = resume && before !== null ? { conversation: before.conversation.id } : null;
    if (resumes === null) {
      this.#sessions += 1;
      this.#sessionId = `${this.options.name}-s${this.#sessions}`;
    }
    this.#client = this.#make(resumes);
  }

  startSecond(): boolean {
    const { client } = this;
    if (client === null || (this.#second !== null && !this.#second.life.over)) return false;
    this.#second = this.#make({ conversation: client.conversation.id });
    return true;
  }

  endSecond(): void {
    if (this.#second !== null && !this.#second.life.over) this.#second.quit();
  }

  #make(resumes: { conversation: number } | null): Client {
    this.#processes += 1;
    const { name, ...rest } = this.options;
    const mine = `${name}.${this.#processes}`;
    const { chance } = this.#world;
    this.#world.setMood(mine, chance.weighted({ good: 5, slow: 2, sloppy: 3, silent: 2, mute: 3 }));
    this.#world.tell(mine, resumes === null ? "starts" : "starts with --resume");
    return new Client(this.#world, { ...rest, name: mine, sessionId: this.#sessionId, resumes });
  }
}
