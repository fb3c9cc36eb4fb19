/**
 * Which way the next event takes into the session. `auto` tries the channel first, and remembers when it was found
 * not to work; without hooks nothing can tell, so Claude Code gets events by the channel and other clients by pull.
 */
import type { DeliverySetting } from "./configuration.ts";
import type { Way } from "./delivery.ts";
import type { Memory } from "./state.ts";

export class Ways {
  #memory: Memory;
  #setting: DeliverySetting = "auto";
  #hooks = false;
  #hooksCall = false;
  #claudeCode = false;
  #channelWorks = false;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  configure(setting: DeliverySetting): void {
    this.#setting = setting;
  }

  /** The client has initialized. */
  meet(clientName: string): void {
    this.#claudeCode = clientName === "claude-code";
  }

  /** A hook called, or a waiter has attached: the plugin's hooks run. True: that is news. */
  noteHooks(): boolean {
    const news = !this.#hooks;
    this.#hooks = true;
    return news;
  }

  /** Hooks do not only start waiters, they also call: what they don't tell did not happen. */
  noteHookCall(): boolean {
    this.#hooksCall = true;
    return this.noteHooks();
  }

  /** A receipt came by the channel. */
  noteChannelWorks(): void {
    this.#channelWorks = true;
  }

  /** No receipt came in time: from now on events wake. */
  giveUpChannel(): void {
    this.#memory.wakes = true;
  }

  get hooks(): boolean {
    return this.#hooks;
  }

  get hooksCall(): boolean {
    return this.#hooksCall;
  }

  get next(): Way {
    if (this.#setting !== "auto") return this.#setting;
    if (this.#memory.wakes) return "wake";
    return this.#hooks || this.#claudeCode ? "channel" : "pull";
  }

  /** The channel has a deadline until it was seen to work; only hooks can tell in time. */
  get channelOnTrial(): boolean {
    return this.#setting === "auto" && this.#hooks && !this.#channelWorks && !this.#memory.wakes;
  }

  /** All that the plugin could use. */
  get possible(): Way[] {
    if (this.#setting !== "auto") return [this.#setting];
    return this.#hooks || this.#claudeCode ? ["channel", "wake", "pull"] : ["pull"];
  }
}
