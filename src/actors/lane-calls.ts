/** Lanes that the next tick looks at, each once. */
import type { Lane } from "../domain/lane.ts";
import type { LaneCall } from "./conclusion.ts";

export class LaneCalls {
  readonly #calls = new Map<string, LaneCall>();

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** `urgent`: also where nobody is free, because an interrupt may be waiting. */
  call(account: string, lane: Lane, urgent: boolean): void {
    const known = this.#calls.get(`${account} ${lane}`);
    this.callAgain({ account, lane, tries: 0, urgent: urgent || known?.urgent === true });
  }

  /** As a tick has left it. */
  callAgain(call: LaneCall): void {
    this.#calls.set(`${call.account} ${call.lane}`, call);
  }

  takeAll(): LaneCall[] {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    return calls;
  }
}
