/**
 * What is said of lanes: whether one is paused, how many events may wait there, and who leaves first. Each match and each event that comes in asks, so
 * the answer is remembered (`lookup-cache.ts`: bounded, and what another server changed is seen soon); of most lanes nothing is
 * said, which is remembered as well.
 */
import type { LaneBook } from "../actors/matching.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Lane } from "../domain/lane.ts";
import { isPlain, LaneChange, type LaneSettings, laneFull, plainLane } from "../domain/lane-settings.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { Log } from "./log.ts";
import { LookupCache } from "./lookup-cache.ts";
import { Turns } from "./turns.ts";

/** Of one account; each is a row, and an answer to list. */
const MOST_LANES = 1_000;

/** Asked before something is put into a lane. */
export interface LaneRoom {
  /** Of what comes at the same moment all may pass that found room. */
  hasRoom(account: string, lane: Lane): Promise<boolean>;
  /** What its sender is told where there is none; it is counted. */
  refusal(account: string, lane: Lane): Promise<SignalboxError>;
}

interface LanesParts {
  store: Store;
  clock: Clock;
  log: Log;
}

type Changed = (lane: LaneSettings) => Promise<void>;

export class Lanes implements LaneBook, LaneRoom {
  readonly #parts: LanesParts;
  readonly #cache: LookupCache<LaneSettings>;
  readonly #turns = new Turns();
  /** How many events a full lane has refused since this server started. */
  readonly #refused = new Map<string, number>();
  #changed: Changed = async () => {};

  constructor(parts: LanesParts) {
    this.#parts = parts;
    this.#cache = new LookupCache(parts.clock);
  }

  /** Awaited before a change is answered. */
  onChanged(listener: Changed): void {
    this.#changed = listener;
  }

  async isPaused(account: string, lane: Lane): Promise<boolean> {
    return (await this.#of(account, lane))?.paused != null;
  }

  /** Not while the store still sorts what waited there before: until then it is first in, first out. */
  async takesTurns(account: string, lane: Lane): Promise<boolean> {
    if ((await this.#of(account, lane))?.policy !== "round-robin") return false;
    return this.#parts.store.isSorted(account, lane);
  }

  async refusal(account: string, lane: Lane): Promise<SignalboxError> {
    const { maxDepth } = (await this.#of(account, lane)) ?? plainLane(account, lane);
    const key = `${account} ${lane}`;
    this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1);
    this.#parts.log.warn({ account, lane, maxDepth }, "an event was refused: its lane is full");
    return laneFull(lane, maxDepth ?? 0);
  }

  async hasRoom(account: string, lane: Lane): Promise<boolean> {
    const maxDepth = (await this.#of(account, lane))?.maxDepth ?? null;
    return maxDepth === null || !(await this.#parts.store.isFull(account, lane, maxDepth));
  }

  refused({ account, lane }: LaneSettings): number {
    return this.#refused.get(`${account} ${lane}`) ?? 0;
  }

  /** Those of which something is said. */
  list(account: string): Promise<LaneSettings[]> {
    return this.#parts.store.lanes(account);
  }

  /** When it resolves, the change is stored, and nothing is handed over by what was said before. `by`: who asks. */
  change(account: string, lane: Lane, asked: unknown, by: string): Promise<LaneSettings> {
    const change = LaneChange.parse(asked);
    return this.#turns.take(account, async () => {
      const { store, clock, log } = this.#parts;
      const before = (await store.lane(account, lane)) ?? plainLane(account, lane);
      const settings = changed(before, change, { since: clock.now(), by });
      if (isPlain(before) && !isPlain(settings)) await this.#requireFewLanes(account);
      const stored = store.putLane(settings).finally(() => this.#cache.forget());
      // Also where nobody knows whether it was stored.
      await stored.catch(() => {});
      await this.#changed(settings);
      await stored;
      const { paused, maxDepth, policy } = settings;
      log.info({ account, lane, paused: paused !== null, maxDepth, policy }, "lane changed");
      return settings;
    });
  }

  async #requireFewLanes(account: string): Promise<void> {
    if ((await this.#parts.store.lanes(account)).length < MOST_LANES) return;
    throw new SignalboxError(
      "invalid",
      "too_many_lanes",
      `something is said of ${MOST_LANES} lanes already`,
      "Resume some, or take their greatest depth or their policy away; lane_list shows them",
    );
  }

  #of(account: string, lane: Lane): Promise<LaneSettings | null> {
    return this.#cache.find(`${account} ${lane}`, () => this.#parts.store.lane(account, lane));
  }
}

/** A pause that goes on stays as it began. */
function changed(
  before: LaneSettings,
  { paused, reason, maxDepth, policy }: LaneChange,
  { since, by }: { since: number; by: string },
): LaneSettings {
  const begun = before.paused ?? { since, by, reason: null };
  const pause = { ...begun, ...(reason !== undefined && reason !== "" && { reason }) };
  return {
    ...before,
    ...(paused !== undefined && { paused: paused ? pause : null }),
    ...(maxDepth !== undefined && { maxDepth: maxDepth === 0 ? null : maxDepth }),
    ...(policy !== undefined && { policy }),
  };
}
