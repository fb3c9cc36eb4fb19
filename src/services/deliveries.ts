/** Carries out, after its commit, what a step asked for: the event goes to the session that has it in hand. */
import type { Effect, Performer } from "../actors/effect.ts";
import { reasonOf } from "../domain/errors.ts";
import type { EventRecord } from "../domain/event.ts";
import type { Claim } from "../domain/machines/event-words.ts";
import { type Band, bandOf } from "../domain/order.ts";
import type { Store } from "../domain/ports/store.ts";
import { channelMeta } from "../domain/reading/meta.ts";
import { renderEvent } from "../domain/reading/render.ts";
import { DEAF_CURE } from "./cures.ts";
import type { DeliveryRef, LiveSession } from "./live-session.ts";
import type { Log } from "./log.ts";
import type { SessionRoster } from "./roster.ts";

/** More than so many waiting are not counted: the number is for people. */
export const MOST_COUNTED = 100;

export class Deliveries implements Performer {
  readonly #store: Store;
  readonly #roster: SessionRoster;
  readonly #log: Log;

  constructor(store: Store, roster: SessionRoster, log: Log) {
    this.#store = store;
    this.#roster = roster;
    this.#log = log;
  }

  async perform(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      try {
        await this.#one(effect);
      } catch (error) {
        this.#log.error({ effect: effect.kind, error: reasonOf(error) }, "an effect failed");
        // Left to the delivery's deadline, a session that never had a chance would be called deaf (promise 13).
        if (effect.kind === "deliver") this.#holder(effect.record, effect.claim)?.link.failed(error);
      }
    }
  }

  async #one(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case "deliver":
        return this.#deliver(effect.record, effect.claim);
      case "recall":
        return this.#holder(effect.record, effect.claim)?.link.recall(refOf(effect), effect.reason);
      case "remind":
        return this.#holder(effect.record, effect.claim)?.link.remind(refOf(effect));
      case "confirm":
        this.#logAck(effect.record, effect.status);
        return;
      case "deafen": {
        const { account, id, actor } = effect.record;
        return this.#log.warn(
          { account, session: id, lane: actor.context.lane },
          `session is deaf: ${DEAF_CURE}`,
        );
      }
      default:
        return;
    }
  }

  async #deliver(record: EventRecord, claim: Claim): Promise<void> {
    const live = this.#holder(record, claim);
    if (live === null) return;
    live.presence.ready = false;
    const { facts, actor } = record;
    const content = await this.#store.content(facts.id);
    if (content === null) throw new Error(`event ${facts.id} has no content`);
    const count = await this.#store.waiting(facts.account, facts.lane, MOST_COUNTED + 1);
    const waiting = { count: Math.min(count, MOST_COUNTED), more: count > MOST_COUNTED };
    const first = live.fresh ? { project: live.project } : null;
    live.fresh = false;
    live.link.deliver({
      ...refOf({ record, claim }),
      band: bandClaimed(record),
      content: renderEvent({ facts, content, context: actor.context, waiting, first }),
      meta: channelMeta({ facts, context: actor.context, waiting }),
      waiting: waiting.count,
      again: actor.context.again !== null || claim.delivery > 1,
    });
  }

  #logAck({ facts, actor }: EventRecord, status: "settled" | "repeated" | "late"): void {
    const { account, id: event, lane } = facts;
    const { outcome, delivery } = actor.context;
    this.#log.info({ account, event, lane, delivery, outcome }, `ack ${status}`);
  }

  /** The stream that the claim was made for; a later one has been told by its own welcome. */
  #holder(record: EventRecord, claim: Claim): LiveSession | null {
    const live = this.#roster.get(record.facts.account, claim.session);
    return live?.epoch === claim.epoch ? live : null;
  }
}

/** The band from which it was claimed: an event that comes back has the reason in its memory. */
function bandClaimed({ facts, actor }: EventRecord): Band {
  const { reason } = actor.context;
  return bandOf(facts.priority, reason === null || reason === "retry" ? "queued" : "returned");
}

const refOf = ({ record, claim }: { record: EventRecord; claim: Claim }): DeliveryRef => ({
  eventId: record.facts.id,
  delivery: claim.delivery,
});
