/** Events come in, are looked at, and are watched. Promise 1: accepted means stored. */
import type { Host } from "../actors/host.ts";
import { birth } from "../actors/step.ts";
import type { NewEvent } from "../actors/store-new.ts";
import type { Coalesce } from "../domain/coalescing.ts";
import { SignalboxError } from "../domain/errors.ts";
import { type EventFacts, type EventRecord, type EventState, eventState } from "../domain/event.ts";
import type { NewId } from "../domain/ids.ts";
import type { Lane } from "../domain/lane.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";
import { drawMarker } from "../domain/reading/marker.ts";
import { type PageRequest, type PayloadPage, payloadPage } from "../domain/reading/payload-page.ts";
import type { Routing } from "../domain/routing.ts";
import { type Timing, timingFrom } from "../domain/timing.ts";
import { admit } from "./admission.ts";
import { type Appended, Coalescing, coalesced, delayLike } from "./coalescing.ts";
import { type Fanout, fanOut } from "./fanout.ts";
import type { LaneRoom } from "./lanes.ts";
import type { Log } from "./log.ts";
import type { SessionRoster } from "./roster.ts";

/** What came in, verified, typed and routed. */
export interface Arrival {
  facts: Omit<EventFacts, "id" | "receivedAt" | "bytes">;
  routed: Routing;
  contentType: string;
  payload: string;
  /** It may take the place of one that waits; without: it stands for itself. */
  coalesce?: Coalesce | null;
  /** Without: it may be delivered at once, and keeps. */
  timing?: Timing | null;
  /** `all`: a copy for each session that is connected now. Without: one event, for one of them. */
  fanout?: Fanout | null;
  /** The session that sends it gets no copy. */
  sender?: string;
}

export type Accepted = (
  | { status: "queued" | "dropped"; id: string }
  /** Promise 6: the provider had sent it before. */
  | { status: "duplicate"; id: string; state: EventState }
) & {
  /** How many sessions get one of their own. Without: it is for one of them. */
  copies?: number;
};

/** All that still wants something of somebody. */
const UNFINISHED: readonly EventState[] = [
  "scheduled",
  "queued",
  "dispatching",
  "delivered",
  "interrupted",
  "returned",
  "dropped",
  "dead",
];

const MOST_COUNTED = 10_000;

interface EventsParts {
  lanes: LaneRoom;
  host: Host;
  roster: SessionRoster;
  store: Store;
  clock: Clock;
  random: Random;
  newId: NewId;
  log: Log;
  limits: Limits;
}

export class Events {
  readonly #parts: EventsParts;
  readonly #coalescing: Coalescing;

  constructor(parts: EventsParts) {
    this.#parts = parts;
    this.#coalescing = new Coalescing(parts);
  }

  /**
   * Resolves when the event is on stable storage, with its copies, or was there before. Throws `SignalboxError` (full,
   * `lane_full`) where its lane has its greatest depth; what takes another's place needs no room.
   */
  async accept(arrival: Arrival): Promise<Accepted> {
    if (arrival.fanout !== "all" || arrival.routed.kind === "dropped") return this.#acceptOne(arrival);
    return fanOut(this.#parts, arrival, (one, id) => this.#acceptOne(one, id));
  }

  async #acceptOne(
    { facts: given, routed, contentType, payload, ...rest }: Arrival,
    id?: string,
  ): Promise<Accepted> {
    const { clock, random, newId, log, limits } = this.#parts;
    const now = clock.now();
    const { delayMs, expiresAt } = timingFrom(rest.timing ?? {}, now);
    const facts: EventFacts = {
      ...given,
      id: id ?? newId("evt"),
      receivedAt: now,
      bytes: Buffer.byteLength(payload),
      details: expiresAt === null ? given.details : { ...given.details, expiresAt },
    };
    const kept = routed.kind === "routed";
    // What nobody wants is counted and listed, not kept.
    const text = kept ? payload : "";
    const prompt = kept ? routed.prompt : null;
    const content = { prompt, contentType, payload: text, marker: drawMarker(random, text) };
    const input = {
      birth: kept ? "queued" : "dropped",
      reason: kept ? null : routed.reason,
      limits,
    } as const;
    const coalesce = kept ? (rest.coalesce ?? null) : null;
    // What nobody wants takes no room, and copies are taken with the first of them or not at all.
    const needsRoom = kept && id === undefined;
    const append = (event: NewEvent): Promise<Appended> =>
      needsRoom ? admit(this.#parts, event) : this.#parts.host.append(event);
    const result: Appended =
      coalesce === null
        ? await append({ stepped: birth(facts, { ...input, delayMs }, now), content })
        : await this.#coalescing.append(
            facts,
            coalesce,
            (older) => ({
              stepped: birth(
                { ...facts, details: coalesced(facts, coalesce, older) },
                { ...input, delayMs: older === null ? delayMs : delayLike(older, now) },
                now,
              ),
              content,
            }),
            append,
          );
    const { account, lane, type, from } = facts;
    switch (result.kind) {
      case "stored":
        log.info(
          { account, event: facts.id, lane, type, from, supersedes: result.superseded },
          kept ? "event queued" : "event dropped: no route",
        );
        return { status: kept ? "queued" : "dropped", id: facts.id };
      case "duplicate":
        log.info({ account, event: result.id, lane, type, from }, "known delivery");
        return { status: "duplicate", id: result.id, state: result.state };
      case "conflict":
        throw new SignalboxError(
          "unavailable",
          "not_stored",
          "the event could not be stored",
          "Send it again",
        );
    }
  }

  async find(account: string, id: string): Promise<EventRecord> {
    const record = await this.#parts.store.event(id);
    // Promise 9: an id of another account is an unknown id.
    if (record === null || record.facts.account !== account) {
      throw new SignalboxError(
        "missing",
        "unknown_event",
        `there is no event ${id}`,
        "List them with `npm run events`",
      );
    }
    return record;
  }

  list(
    account: string,
    states: readonly EventState[],
    lane: Lane | null,
    limit: number,
  ): Promise<EventRecord[]> {
    return this.#parts.store.events(account, {
      states: states.length === 0 ? UNFINISHED : states,
      ...(lane === null ? {} : { lane }),
      limit,
    });
  }

  counts(account: string): Promise<Partial<Record<EventState, number>>> {
    return this.#parts.store.counts(account, MOST_COUNTED);
  }

  /** A part of the event's payload, inside its boundary (promise 12). */
  async payload(
    account: string,
    id: string,
    page: Omit<PageRequest, "facts" | "content">,
  ): Promise<Extract<PayloadPage, { kind: "page" }>> {
    const record = await this.find(account, id);
    const content = await this.#parts.store.content(id);
    if (content === null || eventState(record) === "dropped") {
      throw new SignalboxError(
        "missing",
        "no_payload",
        `the payload of ${id} is not kept`,
        "Dropped events keep none, nor do those that ended more than SIGNALBOX_RETENTION_DAYS ago",
      );
    }
    const read = payloadPage({ facts: record.facts, content, ...page });
    if (read.kind === "page") return read;
    throw new SignalboxError("invalid", read.code, read.message, "Call event_payload again, corrected");
  }
}
