/**
 * Wakes actors whose time has come, and keeps spans honest: reminder, timeout and grace do not run while the server is
 * down or the wall clock jumps (promise 7). Invariants:
 *
 *   A1  One timer of the process stands for all timers of the store.
 *   A2  A timer rings again until its record no longer has it; a failing store slows it down, nothing ends it.
 *   A3  Before any span rings after a jump, all spans are moved by the jump.
 */
import { reasonOf } from "../domain/errors.ts";
import type { Timer } from "../domain/ports/clock.ts";
import type { ActorRecord } from "./address.ts";
import type { Host, HostParts } from "./host.ts";
import { shiftSpans } from "./step.ts";
import { writeOf } from "./unit-of-work.ts";

/** Looks at the clock at least so often, and notes that the server lives. */
const BEAT_MS = 5_000;

/** A smaller difference between wall clock and monotonic clock is drift, not a jump. */
const JUMP_MS = 1_000;

/** Never looks again sooner: what is still due after ringing has a store in trouble behind it. */
const REST_MS = 20;

const AT_ONCE = 500;

export class Alarm {
  readonly #host: Host;
  readonly #parts: HostParts;
  #timer: Timer | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;
  #offset: number;
  #lookedAt: number;
  #looking: Promise<void> | null = null;
  #stopped = false;

  constructor(host: Host, parts: HostParts) {
    this.#host = host;
    this.#parts = parts;
    this.#lookedAt = parts.clock.monotonic();
    this.#offset = parts.clock.now() - this.#lookedAt;
    host.onWritten((dueAt) => {
      if (dueAt !== null && dueAt < this.#wakesAt) this.#set(dueAt - parts.clock.now());
    });
  }

  start(): void {
    this.#set(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #set(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    const wait = Math.min(Math.max(delayMs, 0), BEAT_MS);
    this.#wakesAt = this.#parts.clock.now() + wait;
    this.#timer = this.#parts.clock.setTimer(wait, () => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    });
  }

  async #look(): Promise<void> {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const { store, clock, log } = this.#parts;
    let next: number | null = null;
    try {
      await this.#keepSpans();
      await store.noteAlive(clock.now());
      const now = clock.now();
      for (const record of await store.due(now, AT_ONCE)) {
        for (const timer of record.actor.timers) if (timer.dueAt <= now) this.#host.ring(record, timer.id);
      }
      await this.#host.idle();
      next = await store.nextDue();
    } catch (error) {
      log("error", "the timers could not be read; they are tried again", { error: reasonOf(error) });
    }
    const delay = next === null ? BEAT_MS : Math.max(next - clock.now(), REST_MS);
    this.#set(Math.min(delay, this.#wakesAt - clock.now()));
  }

  async #keepSpans(): Promise<void> {
    const { clock, log } = this.#parts;
    const monotonic = clock.monotonic();
    const offset = clock.now() - monotonic;
    // A process that stood still (stopped, starved) was as good as down: nobody could reach it.
    const stood = Math.max(0, monotonic - this.#lookedAt - 2 * BEAT_MS);
    const jump = offset - this.#offset + stood;
    this.#offset = offset;
    this.#lookedAt = monotonic;
    if (Math.abs(jump) < JUMP_MS) return;
    log("warn", "time jumped; the deadlines of what is in hand move with it", { byMs: Math.round(jump) });
    await moveSpans(this.#parts, jump);
  }
}

/** Moves the deadlines of everything that is in hand or away. */
export async function moveSpans(parts: Pick<HostParts, "store">, byMs: number): Promise<void> {
  const records: ActorRecord[] = [...(await parts.store.claims()), ...(await parts.store.sessions(null))];
  const moved = records
    .filter(({ actor }) => actor.timers.length > 0)
    .map((record) => shiftSpans(record, byMs));
  if (moved.length > 0) await parts.store.commit(moved.map(writeOf));
}
