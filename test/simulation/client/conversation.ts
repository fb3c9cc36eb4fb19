/**
 * What Claude is to read, and when: at idle an arrival begins a turn; while Claude works it joins the running turn after
 * the current tool call. `UserPromptSubmit` fires for each at the moment it enters, and may withdraw it. Esc ends a turn
 * with no hook at all.
 */
import type { Client } from "./client.ts";
import { Escaped, Turn } from "./turn.ts";

export interface Arrival {
  origin: "user" | "channel" | "wake";
  text: string;
}

/** An arrival that was let in. `unsure`: the hook that could have withdrawn it gave no answer. */
export interface Part extends Arrival {
  unsure: boolean;
}

export class Conversation {
  /** /clear begins another. */
  id: number;
  readonly #client: Client;
  readonly #waiting: Arrival[] = [];
  #turn: Turn | null = null;

  constructor(client: Client, id: number) {
    this.#client = client;
    this.id = id;
  }

  get busy(): boolean {
    return this.#turn !== null;
  }

  arrive(arrival: Arrival): void {
    this.#waiting.push(arrival);
    if (this.#turn === null) void this.#takeTurns();
  }

  /** Esc. False: nothing was running. */
  escape(): boolean {
    const turn = this.#turn;
    if (turn === null) return false;
    turn.escape();
    // What waits begins the next turn at once.
    this.#turn = null;
    if (this.#waiting.length > 0) void this.#takeTurns();
    else this.#client.nowIdle();
    return true;
  }

  /** A new conversation in the same process; its hooks have a new session id. */
  async clear(): Promise<void> {
    this.escape();
    const { world } = this.#client;
    this.id = world.nextConversation();
    this.#client.sessionId = `cleared-${this.id}`;
    await this.#client.fire("SessionStart", { source: "clear" });
  }

  async #takeTurns(): Promise<void> {
    this.#client.nowBusy();
    while (this.#waiting.length > 0) {
      const turn = new Turn(this.#client, () => this.#admit(turn));
      this.#turn = turn;
      try {
        await turn.live();
      } catch (error) {
        if (!(error instanceof Escaped)) throw error;
        return;
      }
      this.#turn = null;
    }
    this.#client.nowIdle();
  }

  async #admit(turn: Turn): Promise<Part[]> {
    const parts: Part[] = [];
    for (let arrival = this.#waiting.shift(); arrival !== undefined; arrival = this.#waiting.shift()) {
      const { block, unanswered } = await this.#client.fire("UserPromptSubmit", { prompt: arrival.text });
      if (block === null) turn.reaches(arrival.text);
      turn.check();
      if (block === null) parts.push({ ...arrival, unsure: unanswered });
      else this.#client.tell(`withdrawn by the hook: ${block.slice(0, 90)}`);
    }
    return parts;
  }
}
