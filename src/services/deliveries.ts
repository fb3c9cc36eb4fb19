/**
 * Carries out, after its commit, what a step asked for: the event goes to the session that has it in hand. A store that
 * is away ends the stream, which comes back; an event that no session can be shown is told so, and ends (promise 14).
 */
import type { Told } from "../actors/address.ts";
import type { Effect, Performer } from "../actors/effect.ts";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import type { EventContent, EventRecord } from "../domain/event.ts";
import type { Claim } from "../domain/machines/event-words.ts";
import { type Band, bandOf } from "../domain/order.ts";
import type { Store } from "../domain/ports/store.ts";
import { channelMeta } from "../domain/reading/meta.ts";
import { type Reading, renderEvent } from "../domain/reading/render.ts";
import { DEAF_CURE, UNREADABLE_CURE } from "./cures.ts";
import type { DeliveryRef, Handover, LiveSession } from "./live-session.ts";
import type { Log } from "./log.ts";
import type { SessionRoster } from "./roster.ts";
import { waitingIn } from "./waiting.ts";

export class Deliveries implements Performer {
  readonly #store: Store;
  readonly #roster: SessionRoster;
  readonly #log: Log;

  constructor(store: Store, roster: SessionRoster, log: Log) {
    this.#store = store;
    this.#roster = roster;
    this.#log = log;
  }

  async perform(effects: readonly Effect[]): Promise<Told[]> {
    const found: Told[] = [];
    // What is only logged can wait; a session that is to be given its next event does.
    const logged = effects.filter(({ kind }) => kind === "confirm");
    for (const effect of [...effects.filter(({ kind }) => kind !== "confirm"), ...logged]) {
      try {
        if (effect.kind !== "deliver") this.#one(effect);
        else if ((await this.#deliver(effect.record, effect.claim)) === "unreadable")
          found.push(unreadable(effect));
      } catch (error) {
        this.#log.error({ effect: effect.kind, error: reasonOf(error) }, "an effect failed");
        // Left to the delivery's deadline, a session that never had a chance would be called deaf (promise 13).
        if (effect.kind === "deliver") this.#holder(effect.record, effect.claim)?.link.failed(error);
      }
    }
    return found;
  }

  #one(effect: Exclude<Effect, { kind: "deliver" }>): void {
    switch (effect.kind) {
      case "recall":
        this.#holder(effect.record, effect.claim)?.link.recall(refOf(effect), effect.reason);
        return;
      case "remind":
        this.#holder(effect.record, effect.claim)?.link.remind(refOf(effect));
        return;
      case "miss":
        this.#suspectLink(effect.record, effect.claim);
        return;
      case "confirm":
        this.#logAck(effect.record, effect.status);
        return;
      case "deafen": {
        const { account, id, actor } = effect.record;
        const fields = { account, session: id, lane: actor.context.lane };
        this.#log.warn(fields, `session is deaf: ${DEAF_CURE}`);
        return;
      }
      default:
        return;
    }
  }

  async #deliver(record: EventRecord, claim: Claim): Promise<"under_way" | "unreadable"> {
    const live = this.#holder(record, claim);
    if (live === null) return "under_way";
    const { presence } = live;
    const { ready } = presence;
    presence.ready = false;
    const { facts } = record;
    const read = await this.#contentOf(facts.id);
    const giveUp = (why: string) => {
      // The session has been given nothing: it is free for the next.
      presence.ready = ready;
      return this.#giveUp(record, why);
    };
    if (read.kind === "unreadable") return giveUp(read.why);
    const waiting = await waitingIn(this.#store, facts.account, facts.lane);
    const first = live.fresh ? { project: live.project } : null;
    let handover: Handover;
    try {
      handover = handoverOf(record, claim, {
        content: read.content,
        waiting,
        first,
        readsOn: live.link.readsOn ?? true,
      });
    } catch (error) {
      // What the error says may quote what it stumbled over.
      const why = error instanceof Error ? error.name : "unknown";
      return giveUp(`it can't be rendered (${why})`);
    }
    live.fresh = false;
    live.given = refOf({ record, claim });
    live.link.deliver(handover);
    return "under_way";
  }

  /** An outage is thrown: it says nothing about the event. */
  async #contentOf(
    id: string,
  ): Promise<{ kind: "read"; content: EventContent } | { kind: "unreadable"; why: string }> {
    try {
      const content = await this.#store.content(id);
      return content === null
        ? { kind: "unreadable", why: "its content is missing" }
        : { kind: "read", content };
    } catch (error) {
      if (!(error instanceof SignalboxError && error.code === "unreadable_record")) throw error;
      return { kind: "unreadable", why: error.message };
    }
  }

  #giveUp({ facts }: EventRecord, why: string): "unreadable" {
    const { account, id: event, lane } = facts;
    this.#log.error(
      { account, event, lane, why },
      `an event goes to the dead letters, unread: ${UNREADABLE_CURE}`,
    );
    return "unreadable";
  }

  /** Half-open: it takes frames and brings none. Ended here, it is made anew by the plugin as soon as that finds out. */
  #suspectLink(record: EventRecord, claim: Claim): void {
    const { account, id } = record.facts;
    if (this.#roster.reached(account, claim.session, id, claim.delivery)) return;
    this.#holder(record, claim)?.link.failed(
      new SignalboxError(
        "unavailable",
        "link_silent",
        "an event that was sent did not come through",
        "Nothing is to be done; the link is made anew",
      ),
    );
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

/** To the event itself: whoever holds it now. A later delivery finds out for itself. */
const unreadable = ({ record, claim }: { record: EventRecord; claim: Claim }): Told => ({
  to: { kind: "event", account: record.facts.account, id: record.facts.id },
  message: { type: "unreadable", delivery: claim.delivery },
});

function handoverOf(
  record: EventRecord,
  claim: Claim,
  { content, waiting, first, readsOn }: Pick<Reading, "content" | "waiting" | "first" | "readsOn">,
): Handover {
  const { facts, actor } = record;
  const { context } = actor;
  return {
    ...refOf({ record, claim }),
    band: bandClaimed(record),
    content: renderEvent({ facts, content, context, waiting, first, readsOn }),
    meta: channelMeta({ facts, context, waiting }),
    waiting: waiting.count,
    again: context.again !== null || claim.delivery > 1,
  };
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
