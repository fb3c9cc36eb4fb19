/**
 * Crons fire. A firing is an event, known by (cron, scheduled time), so it happens once, whatever is restarted when and however the
 * clock is set (promise 6); the cron is told that it has fired only once its events are stored (promise 1). What falls between
 * is done again, and meets its own event. Invariants:
 *
 *   F1  No more crons are in memory than are taken at once, however many there are and however many are due (promise 8).
 *   F2  Those that can't fire keep no other from firing.
 */
import { stepCron } from "../actors/cron-step.ts";
import type { Inspection } from "../actors/inspection.ts";
import { CRON_FIRED, type CronRecord } from "../domain/cron.ts";
import { deadlineDetails } from "../domain/deadlines.ts";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import { ENDED, eventState } from "../domain/event.ts";
import type { EventDetails } from "../domain/event-details.ts";
import { LANE_FULL } from "../domain/lane-settings.ts";
import type { CronMessage, Firing } from "../domain/machines/cron.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { Events } from "./events.ts";
import { copyIdsOf } from "./fanout.ts";
import type { LaneRoom } from "./lanes.ts";
import type { Log } from "./log.ts";
import type { Caused } from "./origin.ts";

const AT_ONCE = 50;

/** Where so many can't fire, they are tried again before others are. */
const MOST_LEFT = 1_000;

/** A clock that is set back by less only goes slowly. */
const SET_BACK_MS = 60_000;

/** When those that could not fire are tried again. */
const TROUBLE_MS = 1_000;

interface FiringParts {
  lanes: LaneRoom;
  store: Store;
  clock: Clock;
  events: Events;
  inspection: Inspection;
  log: Log;
}

export class CronFiring {
  readonly #parts: FiringParts;
  #underWay: Promise<number | null> | null = null;

  constructor(parts: FiringParts) {
    this.#parts = parts;
  }

  /**
   * Fires all that is due. When the next is, Unix ms; null: none will be. Rejects while the store fails. Who is told to leave
   * meanwhile ends with those that it has begun: the others stay due.
   */
  fireDue(leaving?: AbortSignal): Promise<number | null> {
    this.#underWay ??= this.#fireDue(leaving).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #fireDue(leaving?: AbortSignal): Promise<number | null> {
    const { store, clock } = this.#parts;
    await this.#lookAll(
      async (passed) => (passed > 0 ? [] : store.cronsAhead(clock.now() + SET_BACK_MS, AT_ONCE)),
      leaving,
    );
    const done = await this.#lookAll((passed) => store.dueCrons(clock.now(), AT_ONCE, passed), leaving);
    return done ? store.nextCronDue() : clock.now() + TROUBLE_MS;
  }

  /** `find`: those behind so many that were left as they are. False: some were, and are due still. */
  async #lookAll(find: (passed: number) => Promise<CronRecord[]>, leaving?: AbortSignal): Promise<boolean> {
    let passed = 0;
    while (passed < MOST_LEFT && leaving?.aborted !== true) {
      const found = await find(passed);
      if (found.length === 0) return passed === 0;
      const looked = await Promise.all(found.map((cron) => this.#lookOrLeave(cron)));
      const records = looked.filter((one) => typeof one === "object");
      if (records.length > 0) await this.#store(records);
      // The others would meet the same.
      if (looked.includes("store fails")) return false;
      passed += found.length - records.length;
    }
    return false;
  }

  async #lookOrLeave(cron: CronRecord): Promise<CronRecord | "left" | "store fails"> {
    try {
      const tick = { type: "tick", at: this.#parts.clock.now(), busy: await this.#isBusy(cron) } as const;
      const full = await this.#isFull(cron, tick);
      return await this.#told(cron, { ...tick, full }).catch((error: unknown) => {
        // It was to take another's place, which was not there any more, and nothing of it was stored.
        if (full || !(error instanceof SignalboxError && error.code === LANE_FULL)) throw error;
        return this.#told(cron, { ...tick, full: true });
      });
    } catch (error) {
      const { account, id } = cron;
      this.#parts.log.error({ account, cron: id, error: reasonOf(error) }, "a cron could not fire");
      return error instanceof SignalboxError && error.kind === "unavailable" ? "store fails" : "left";
    }
  }

  /** The cron after this, its events stored; itself it is not yet. */
  async #told(cron: CronRecord, message: CronMessage): Promise<CronRecord> {
    const { record, firings } = stepCron(cron, message);
    const made = await Promise.all(firings.map((firing) => this.#make(cron, firing)));
    const eventId = made.at(-1);
    return eventId === undefined
      ? record
      : stepCron(record, { type: "fired", at: message.at, eventId }).record;
  }

  async #store(records: readonly CronRecord[]): Promise<void> {
    const { store, inspection } = this.#parts;
    // One that lost was changed or deleted meanwhile: it is found again if it is still due.
    const results = await store.commit(records.map((record) => ({ kind: "cron", record })));
    for (const [i, record] of records.entries()) {
      if (results[i]?.kind === "stored") inspection.publish(record, "tick");
    }
  }

  /** At its owner's word, which is known by its id (promise 6). The event's id. */
  async fireNow(cron: CronRecord, requestId: string | null, { hops, cause }: Caused): Promise<string> {
    const firing = { time: null, standsFor: 1, coalesces: false };
    const caused = { hops: Math.max(hops, cron.options?.hops ?? 0), cause };
    return this.#make(cron, firing, requestId === null ? null : `run ${requestId}`, caused);
  }

  /** The event of its last firing waits or is being worked on. Asked where a rule wants to know it. */
  async #isBusy({ account, actor }: CronRecord): Promise<boolean> {
    const { overlap, eventId } = actor.context;
    if (overlap !== "skip" || eventId === null) return false;
    const event = await this.#parts.store.event(eventId);
    if (event === null || event.facts.account !== account) return false;
    const copies = await Promise.all(copyIdsOf(event).map((id) => this.#parts.store.event(id)));
    return [event, ...copies].some((one) => one !== null && !ENDED.includes(eventState(one)));
  }

  /** Nothing can be put into its lane; what takes another's place, or is there already, needs no room. */
  async #isFull(cron: CronRecord, tick: CronMessage): Promise<boolean> {
    const { lanes, store } = this.#parts;
    const { account, lane, id, actor } = cron;
    if (await lanes.hasRoom(account, lane)) return false;
    const coalesces = actor.context.overlap === "coalesce";
    // Each copy takes the place of one of its session's: only trying tells.
    if (coalesces && cron.options?.fanout !== undefined) return false;
    if (coalesces && (await store.waitingLike(account, lane, id)) !== null) return false;
    const { firings } = stepCron(cron, tick);
    const known = await Promise.all(
      firings.map(({ time }) => (time === null ? null : store.known(account, id, deliveryIdAt(time)))),
    );
    return known.length === 0 || known.includes(null);
  }

  async #make(
    cron: CronRecord,
    { time, standsFor, coalesces }: Firing,
    deliveryId: string | null = time === null ? null : deliveryIdAt(time),
    { hops, cause }: Caused = { hops: cron.options?.hops ?? 0, cause: null },
  ): Promise<string> {
    const { events } = this.#parts;
    const { id, account, label, lane, priority, options, prompt } = cron;
    const details: EventDetails = {
      ...deadlineDetails(options),
      ...(hops > 0 && { hops }),
      ...(cause !== null && { cause: cause.event }),
      ...(time === null ? {} : { due: { at: time, timezone: cron.actor.context.timezone } }),
      ...(standsFor > 1 ? { standsFor } : {}),
    };
    const accepted = await events.accept({
      facts: {
        account,
        lane,
        origin: "cron",
        priority,
        from: label ?? id,
        sourceId: id,
        type: CRON_FIRED,
        verifiedBy: null,
        deliveryId,
        details: Object.keys(details).length === 0 ? null : details,
      },
      routed: { kind: "routed", prompt },
      contentType: "text/plain",
      payload: "",
      coalesce: coalesces ? { key: id, windowMs: Number.POSITIVE_INFINITY } : null,
      fanout: options?.fanout ?? null,
    });
    return accepted.id;
  }
}

const deliveryIdAt = (time: number): string => new Date(time).toISOString();
