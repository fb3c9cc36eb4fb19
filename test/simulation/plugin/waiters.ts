/** The plugin's end of its waiters: the newest counts, older ones are sent away. */
import type { Waiters } from "../../../plugin/src/core/ports/waiters.ts";

/** A waiter process, as the plugin sees its socket. */
export interface Waiter {
  /** It leaves with code 2 and the line, which wakes the session. */
  woken(eventId: string): void;
  /** It leaves with code 0. */
  sentAway(): void;
}

export class SimulatedWaiters implements Waiters {
  #waiter: Waiter | null = null;
  #onChange: (arrived: boolean) => void = () => {};

  get attached(): boolean {
    return this.#waiter !== null;
  }

  listen(onChange: (arrived: boolean) => void): void {
    this.#onChange = onChange;
  }

  wake(eventId: string): boolean {
    const waiter = this.#waiter;
    if (waiter === null) return false;
    this.#waiter = null;
    waiter.woken(eventId);
    this.#onChange(false);
    return true;
  }

  attach(waiter: Waiter): void {
    const older = this.#waiter;
    this.#waiter = waiter;
    older?.sentAway();
    this.#onChange(true);
  }

  /** Its socket has closed. */
  gone(waiter: Waiter): void {
    if (this.#waiter !== waiter) return;
    this.#waiter = null;
    this.#onChange(false);
  }
}
