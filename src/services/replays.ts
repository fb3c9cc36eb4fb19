/**
 * Events that have ended, handled again as new ones. Each is replayed once: its replay may be replayed in turn. Many are
 * brought in at a bounded rate, and a call takes a bounded number, oldest first; what it has stored stays stored, so that
 * calling again goes on wherever it was cut off.
 */
import type { Host } from "../actors/host.ts";
import { birth } from "../actors/step.ts";
import { SignalboxError } from "../domain/errors.ts";
import {
  type EventContent,
  type EventFacts,
  type EventRecord,
  type EventState,
  endedAt,
  eventState,
} from "../domain/event.ts";
import type { NewId } from "../domain/ids.ts";
import type { Lane } from "../domain/lane.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { EndedFilter, Store, WhichEnded } from "../domain/ports/store.ts";
import { drawMarker } from "../domain/reading/marker.ts";
import { detailsOfReplay, REPLAYABLE, replayDeliveryId } from "../domain/replay.ts";
import { endedIn } from "./ended-in.ts";
import type { Log } from "./log.ts";

/** One comes into its lane so long after the other. */
const EVERY_MS = 100;

/** What is left to be replayed is counted no further. */
const MOST_COUNTED = 10_000;

export interface Replay {
  /** The event that was replayed. */
  of: string;
  id: string;
  /** `known`: it had been replayed before, as this one. */
  kind: "stored" | "known";
  state: EventState;
}

/** Of the dead: those of one source, cron or sender, or that ended in a span of time, or both. */
export interface ReplayAsked {
  lanes: readonly Lane[] | null;
  from: string | null;
  since: number | null;
  until: number | null;
  limit: number;
}

export interface Replayed {
  replays: Replay[];
  /** Those whose content is not there any more: they can't be replayed. */
  lost: number;
  /** What is left, counted no further than `MOST_COUNTED`. */
  remaining: number;
  /** When the last one comes into its lane, Unix ms. */
  lastAt: number;
}

interface ReplaysParts {
  host: Host;
  store: Store;
  clock: Clock;
  random: Random;
  newId: NewId;
  log: Log;
  limits: Limits;
}

export class Replays {
  readonly #parts: ReplaysParts;
  /** Until then the replays of an account come in: those of its next call stand behind them. */
  readonly #busyUntil = new Map<string, number>();

  constructor(parts: ReplaysParts) {
    this.#parts = parts;
  }

  async one(record: EventRecord): Promise<Replay> {
    const state = eventState(record);
    const { id } = record.facts;
    if (!REPLAYABLE.includes(state)) {
      throw state === "dropped"
        ? notReplayable(
            id,
            "was dropped, and its payload was not kept",
            "Give its source a route for it, and have it sent again",
          )
        : notReplayable(
            id,
            `has not ended: it is ${state}`,
            "Wait until it has; event_history lists what has",
          );
    }
    const content = await this.#contentOf(id);
    if (content !== null) return this.#replay(record, content, 0);
    throw notReplayable(id, "has no content any more", "Have it sent again");
  }

  /** Rejects where the store fails; what it has stored until then is replayed. */
  async dead(account: string, { lanes, from, since, until, limit }: ReplayAsked): Promise<Replayed> {
    const { store, clock } = this.#parts;
    const which: WhichEnded = {
      states: ["dead"],
      ...(from !== null && { from }),
      ...(since !== null && { since }),
      ...(until !== null && { until }),
    };
    const startsAt = Math.max(clock.now(), this.#busyUntil.get(account) ?? 0);
    const done: Replayed = { replays: [], lost: 0, remaining: 0, lastAt: startsAt };
    const filter: EndedFilter = { ...which, unreplayed: true, order: "oldest", limit };
    let page = await endedIn(store, account, lanes, filter);
    while (page.length > 0 && done.replays.length < limit) {
      for (const record of page) {
        const content = done.replays.length < limit ? await this.#contentOf(record.facts.id) : undefined;
        if (content === undefined) break;
        if (content === null) {
          done.lost += 1;
          continue;
        }
        const at = startsAt + done.replays.length * EVERY_MS;
        done.replays.push(await this.#replay(record, content, at - clock.now()));
        done.lastAt = at;
        this.#busyUntil.set(account, at + EVERY_MS);
      }
      page = await endedIn(store, account, lanes, { ...filter, behind: placeOf(page.at(-1)) });
    }
    const left = await Promise.all(
      (lanes ?? [undefined]).map((lane) =>
        store.unreplayed(account, { ...which, ...(lane !== undefined && { lane }) }, MOST_COUNTED),
      ),
    );
    done.remaining = Math.max(0, left.reduce((sum, n) => sum + n, 0) - done.lost);
    return done;
  }

  async #replay(record: EventRecord, content: EventContent, delayMs: number): Promise<Replay> {
    const { host, clock, random, newId, log, limits } = this.#parts;
    const now = clock.now();
    const of = record.facts.id;
    const facts: EventFacts = {
      ...record.facts,
      id: newId("evt"),
      deliveryId: replayDeliveryId(of),
      receivedAt: now,
      details: detailsOfReplay(record.facts),
    };
    const input = { birth: "queued", reason: null, limits, delayMs: Math.max(0, delayMs) } as const;
    const result = await host.append({
      stepped: birth(facts, input, now),
      content: { ...content, marker: drawMarker(random, content.payload) },
    });
    switch (result.kind) {
      case "stored":
        log.info(
          { account: facts.account, event: facts.id, lane: facts.lane, replayOf: of },
          "event replayed",
        );
        return { of, id: facts.id, kind: "stored", state: delayMs > 0 ? "scheduled" : "queued" };
      case "duplicate":
        return { of, id: result.id, kind: "known", state: result.state };
      case "conflict":
        throw new SignalboxError(
          "unavailable",
          "not_stored",
          `the replay of ${of} could not be stored`,
          "Call again",
        );
    }
  }

  /** Null: it was not kept, or can't be read. */
  async #contentOf(id: string): Promise<EventContent | null> {
    try {
      return await this.#parts.store.content(id);
    } catch (error) {
      if (error instanceof SignalboxError && error.code === "unreadable_record") return null;
      throw error;
    }
  }
}

function placeOf(record: EventRecord | undefined): { endedAt: number; seq: number } {
  const at = record === undefined ? null : endedAt(record);
  if (record === undefined || at === null)
    throw new Error("a page of what has ended has something that has not");
  return { endedAt: at, seq: record.seq };
}

const notReplayable = (id: string, why: string, cure: string): SignalboxError =>
  new SignalboxError("conflict", "not_replayable", `event ${id} ${why}`, cure);
