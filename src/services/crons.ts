/** Crons: made, changed, paused, listed, deleted, and run at their owner's word. What is due is fired by `firing.ts`. */
import { newCron, stepCron } from "../actors/cron-step.ts";
import type { Inspection } from "../actors/inspection.ts";
import type { Account } from "../domain/account.ts";
import {
  CronChange,
  type CronOptions,
  type CronRecord,
  CronSettings,
  type KeptCronOptions,
} from "../domain/cron.ts";
import { requireDeadlines } from "../domain/deadlines.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { NewId } from "../domain/ids.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { CronMessage, CronRules } from "../domain/machines/cron.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { CronFiring } from "./firing.ts";
import { type Caller, type Caused, causedByCaller } from "./origin.ts";
import { readSettings } from "./read-settings.ts";

const MINUTE_MS = 60_000;

/** Of one account: a session that makes them without end must not fill the disk. */
const MOST_CRONS = 1_000;

/** A cron that changes so often under one's hands is being changed by somebody else. */
const MOST_TRIES = 5;

interface CronsParts {
  store: Store;
  clock: Clock;
  newId: NewId;
  inspection: Inspection;
  firing: CronFiring;
  limits: Limits;
  /** Of crons whose owner names none. */
  timezone: string;
}

export class Crons {
  readonly #parts: CronsParts;
  #onSooner: () => void = () => {};

  constructor(parts: CronsParts) {
    this.#parts = parts;
  }

  /** Called when one may be due sooner than was known. */
  onSooner(listener: () => void): void {
    this.#onSooner = listener;
  }

  /** `by`: the session that asks for it, whose events may not lead to others without end. */
  async create(account: Pick<Account, "id">, asked: unknown, by: Caller | null = null): Promise<CronRecord> {
    const { store, clock, newId, timezone } = this.#parts;
    const settings = readSettings("cron", CronSettings, asked);
    const caused = await causedByCaller(store, account.id, by);
    await this.#requireFewCrons(account.id);
    const { schedule, prompt, label = "", tag, priority = "normal", misfire = "once" } = settings;
    // Each missed time for itself, only to be coalesced at once, is what nobody means.
    const { overlap = misfire === "all" ? "queue" : "coalesce", maxLatenessMinutes = 0 } = settings;
    const now = clock.now();
    const record = newCron(
      {
        id: newId("cron"),
        account: account.id,
        label: label === "" ? null : label,
        prompt,
        lane: laneOfTag(tag),
        priority,
        options: ledBy(this.#checked(settings.options), caused),
        createdAt: now,
      },
      {
        expression: schedule,
        timezone: settings.timezone ?? timezone,
        misfire,
        overlap,
        maxLatenessMs: latenessMs(maxLatenessMinutes),
        at: now,
      },
    );
    return this.#put(record, "create");
  }

  /** Of what is made at the same moment all may pass that found room. */
  async #requireFewCrons(account: string): Promise<void> {
    if ((await this.#parts.store.countCrons(account, MOST_CRONS)) < MOST_CRONS) return;
    throw new SignalboxError(
      "invalid",
      "too_many_crons",
      `there are ${MOST_CRONS} crons already`,
      "Delete some with cron_delete; cron_list shows them",
    );
  }

  /** Those behind `after`, in the order of their ids. */
  list(account: Pick<Account, "id">, after: string, limit: number): Promise<CronRecord[]> {
    return this.#parts.store.crons(account.id, after, limit);
  }

  /** Throws `SignalboxError` (missing). */
  async find(account: Pick<Account, "id">, id: string): Promise<CronRecord> {
    const cron = await this.#parts.store.cron(account.id, id);
    if (cron !== null) return cron;
    throw new SignalboxError(
      "missing",
      "unknown_cron",
      "there is no cron of this id",
      "cron_list tells the ids",
    );
  }

  /** What is left out stays. `by`: as for `create`. */
  async change(
    account: Pick<Account, "id">,
    id: string,
    asked: unknown,
    { paused, by = null }: { paused?: boolean | undefined; by?: Caller | null } = {},
  ): Promise<CronRecord> {
    const change = readSettings("cron", CronChange, asked);
    const caused = await causedByCaller(this.#parts.store, account.id, by);
    return this.#changed(account, id, "change", (cron, at) => {
      const { hops = 0, cause = null, ...own } = cron.options ?? {};
      const led = { hops: Math.max(hops, caused.hops), cause: caused.cause ?? cause };
      const options = ledBy(change.options === undefined ? own : this.#checked(change.options), led);
      const changed = told(
        { ...cron, ...wordsOf(change), options },
        { type: "change", at, rules: rulesOf(cron, change) },
      );
      if (paused === undefined) return changed;
      return told(changed, { type: paused ? "pause" : "resume", at });
    });
  }

  remove(account: Pick<Account, "id">, id: string): Promise<boolean> {
    return this.#parts.store.removeCron(account.id, id);
  }

  /** An event now, whatever the schedule; its id. The same request again is the same event (promise 6). */
  async run(
    account: Pick<Account, "id">,
    id: string,
    by: Caller | null = null,
    requestId: string | null = null,
  ): Promise<{ cron: CronRecord; eventId: string }> {
    const { store, firing } = this.#parts;
    const found = await this.find(account, id);
    const eventId = await firing.fireNow(found, requestId, await causedByCaller(store, account.id, by));
    if (found.actor.context.eventId === eventId) return { cron: found, eventId };
    const cron = await this.#changed(account, id, "run", (before, at) =>
      told(told(before, { type: "run", at }), { type: "fired", at, eventId }),
    );
    return { cron, eventId };
  }

  #checked(asked: CronOptions = {}): CronOptions {
    requireDeadlines(asked, this.#parts.limits);
    return asked;
  }

  async #changed(
    account: Pick<Account, "id">,
    id: string,
    what: string,
    change: (cron: CronRecord, at: number) => CronRecord,
  ): Promise<CronRecord> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const cron = await this.find(account, id);
      const stored = await this.#tryPut(change(cron, this.#parts.clock.now()), what);
      if (stored !== null) return stored;
    }
    throw new SignalboxError("unavailable", "cron_busy", "the cron is being changed by others", "Try again");
  }

  async #put(record: CronRecord, what: string): Promise<CronRecord> {
    const stored = await this.#tryPut(record, what);
    if (stored !== null) return stored;
    throw new SignalboxError("unavailable", "not_stored", "the cron could not be stored", "Try again");
  }

  /** As it is stored; null: somebody else was first. */
  async #tryPut(record: CronRecord, what: string): Promise<CronRecord | null> {
    const [result] = await this.#parts.store.commit([{ kind: "cron", record }]);
    if (result?.kind !== "stored") return null;
    this.#parts.inspection.publish(record, what);
    this.#onSooner();
    return { ...record, rev: record.rev + 1 };
  }
}

/** With what led to it; null: there is nothing to be kept. */
function ledBy(own: CronOptions, { hops, cause }: Caused): KeptCronOptions | null {
  const options = { ...own, ...(hops > 0 && { hops }), ...(cause !== null && { cause }) };
  return Object.keys(options).length === 0 ? null : options;
}

const told = (cron: CronRecord, message: CronMessage): CronRecord => stepCron(cron, message).record;

const latenessMs = (minutes: number): number | null => (minutes === 0 ? null : minutes * MINUTE_MS);

function wordsOf({ prompt, label, tag, priority }: CronChange): Partial<CronRecord> {
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(label === undefined ? {} : { label: label === "" ? null : label }),
    ...(tag === undefined ? {} : { lane: laneOfTag(tag) }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function rulesOf({ actor: { context } }: CronRecord, change: CronChange): CronRules {
  const { schedule, timezone, misfire, overlap, maxLatenessMinutes } = change;
  return {
    expression: schedule ?? context.expression,
    timezone: timezone ?? context.timezone,
    misfire: misfire ?? context.misfire,
    overlap: overlap ?? context.overlap,
    maxLatenessMs: maxLatenessMinutes === undefined ? context.maxLatenessMs : latenessMs(maxLatenessMinutes),
  };
}
