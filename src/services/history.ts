/** What became of events: those that have ended, newest first, page by page. Nothing here is said to be done that was not (promise 14). */
import type { Account } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { ENDED, type EventRecord, type EventState, endedAt } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { EndedFilter, Store } from "../domain/ports/store.ts";
import { endedIn } from "./ended-in.ts";

/** What is told where nothing is asked for: what was handled, and what could not be. */
const TOLD: readonly EventState[] = ["acked", "dead"];

/** A prompt's first line is told, no more of it. */
const PROMPT_CHARS = 200;

export interface HistoryAsked {
  /** Of these lanes alone; null: of all. */
  lanes: readonly Lane[] | null;
  from: string | null;
  /** Empty: `TOLD`. */
  states: readonly EventState[];
  /** Unix ms. */
  since: number | null;
  /** What the page before gave; empty: the first page. */
  cursor: string;
  limit: number;
}

export interface PastEvent {
  record: EventRecord;
  endedAt: number;
  /** From its last delivery to its end; null: it was never delivered. */
  durationMs: number | null;
  /** Where it came in; empty: not by a webhook. */
  path: string;
  /** The first line of the prompt that stood before it; empty: none, or not kept. */
  skill: string;
}

export interface HistoryPage {
  events: PastEvent[];
  /** Empty: there are no more. */
  next: string;
}

export class History {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async list(
    account: Account,
    { lanes, from, states, since, cursor, limit }: HistoryAsked,
  ): Promise<HistoryPage> {
    const behind = cursor === "" ? undefined : placeAt(cursor);
    const filter: EndedFilter = {
      states: states.length === 0 ? TOLD : states.filter((state) => ENDED.includes(state)),
      ...(from !== null && { from }),
      ...(since !== null && { since }),
      ...(behind !== undefined && { behind }),
      order: "newest",
      limit: limit + 1,
    };
    const found = await endedIn(this.#store, account.id, lanes, filter);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const more = found.length > limit && last !== undefined;
    return {
      events: await Promise.all(page.map((record) => this.#past(account, record))),
      next: more ? `${endedAt(last)}.${last.seq}` : "",
    };
  }

  async #past({ profileId }: Account, record: EventRecord): Promise<PastEvent> {
    const { facts, actor } = record;
    const at = endedAt(record) ?? 0;
    const { deliveredAt } = actor.context;
    const prompt = await this.#store.prompt(facts.id, PROMPT_CHARS);
    return {
      record,
      endedAt: at,
      durationMs: deliveredAt === 0 ? null : Math.max(0, at - deliveredAt),
      path: facts.origin === "webhook" ? `/webhook/${profileId}/${facts.from}` : "",
      skill: prompt?.split("\n", 1)[0]?.trim() ?? "",
    };
  }
}

function placeAt(cursor: string): { endedAt: number; seq: number } {
  const [, endedAt, seq] = /^(\d{1,15}(?:\.\d{1,6})?)\.(\d{1,15})$/.exec(cursor) ?? [];
  if (endedAt !== undefined && seq !== undefined) return { endedAt: Number(endedAt), seq: Number(seq) };
  throw new SignalboxError(
    "invalid",
    "bad_cursor",
    "this is no cursor of a page of the history",
    "Give next_cursor as the page before told it, or none for the first page",
  );
}
