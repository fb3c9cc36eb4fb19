/**
 * Lets sessions in. Promise 5: who comes back inside his grace keeps what he has in hand; who comes back as a new process
 * is shown it again.
 */
import type { Told } from "../actors/address.ts";
import type { Host } from "../actors/host.ts";
import type { Reply } from "../actors/letter.ts";
import { arrival } from "../actors/step.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { EventRecord } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { SessionFace } from "../domain/machines/session.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";
import { type AckAnswer, type AckSaid, settleAcks } from "./acks.ts";
import type { DeliveryRef, LiveSession, PluginLink, Presence } from "./live-session.ts";
import type { Log } from "./log.ts";
import { lossOf } from "./loss.ts";
import type { SessionRoster } from "./roster.ts";
import { secondName } from "./session-name.ts";
import { Turns } from "./turns.ts";

/** How long an old stream of the same session may take to show that it lives. */
const PING_MS = 2_000;

/** What a plugin says of itself and its session. */
export interface Introduction {
  account: string;
  /** The client's session id. */
  session: string;
  instance: string;
  lane: Lane;
  client: string;
  entrypoint: string;
  project: string;
  pluginVersion: string;
  /** It takes messages of other sessions. */
  messaging: boolean;
  /** Id of its token, where it names no process of its own. */
  token?: string;
  inHand: DeliveryRef | null;
  unconfirmed: readonly AckSaid[];
  presence: Presence;
}

export interface Welcomed {
  live: LiveSession;
  keep: DeliveryRef | null;
  acks: readonly AckAnswer[];
}

interface ReceptionParts {
  host: Host;
  store: Store;
  roster: SessionRoster;
  clock: Clock;
  log: Log;
  graceMs: number;
}

export class Reception {
  readonly #parts: ReceptionParts;
  /** Connections of one session are taken one after the other. */
  readonly #turns = new Turns();

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** Lets the session in. It is given events only from `Sessions.greeted` on. */
  connect(intro: Introduction, link: PluginLink): Promise<Welcomed> {
    return this.#turns.take(`${intro.account} ${intro.session}`, async () => {
      const { id, record } = await this.#identify(intro);
      const acks = await this.#settleUnconfirmed(intro, id);
      return { ...(await this.#seat(intro, id, record, link)), acks };
    });
  }

  /**
   * Which session this is. A second process with a known session id is a session of its own while the first one
   * answers; otherwise it takes over.
   */
  async #identify(intro: Introduction): Promise<{ id: string; record: SessionRecord | null }> {
    const { store, roster } = this.#parts;
    const { account, session, instance } = intro;
    const ownId = secondName(session, instance);
    const own = await store.session(account, ownId);
    if (own?.actor.context.instance === instance) return { id: ownId, record: own };
    const record = await store.session(account, session);
    const live = roster.get(account, session);
    if (live === null || live.instance === instance) return { id: session, record };
    const lives = await live.link.ping(PING_MS);
    return lives && roster.has(live) ? { id: ownId, record: own } : { id: session, record };
  }

  /** Acks that were kept while the link was down, or by a plugin that is gone. */
  async #settleUnconfirmed({ account, unconfirmed }: Introduction, session: string): Promise<AckAnswer[]> {
    if (unconfirmed.length === 0) return [];
    const answers = await settleAcks(this.#parts, account, unconfirmed);
    this.#parts.log.info({ account, session, acks: answers.length }, "took acks that had waited");
    return answers;
  }

  /** Gives the session its stream, its epoch, and what it has in hand. */
  async #seat(
    intro: Introduction,
    id: string,
    record: SessionRecord | null,
    link: PluginLink,
  ): Promise<Omit<Welcomed, "acks">> {
    const { host, store, roster, clock, log, graceMs } = this.#parts;
    const { account, lane, instance, client, project, entrypoint, pluginVersion, messaging } = intro;
    const face: SessionFace = {
      lane,
      instance,
      client,
      project,
      entrypoint,
      pluginVersion,
      messaging,
      ...(intro.token !== undefined && { token: intro.token }),
      graceMs,
    };
    const epoch = (record?.actor.context.epoch ?? 0) + 1;
    const presence = { ...intro.presence, ready: false, interruptible: false };
    const live: LiveSession = {
      account,
      session: id,
      instance,
      lane,
      epoch,
      client,
      project,
      presence,
      held: intro.inHand,
      given: null,
      fresh: true,
      link,
    };

    // The old stream falls silent before the new one is told anything.
    roster.enter(live)?.link.takenOver();
    const inHand = await store.claimOf(account, id);
    const sameProcess = record?.actor.context.instance === instance;
    const holds =
      inHand !== null &&
      inHand.facts.id === intro.inHand?.eventId &&
      inHand.actor.context.delivery === intro.inHand.delivery;
    const hand = { kind: "hand", account, session: id } as const;
    const { busy, hooks, toolRunning } = presence;
    const told: Told[] = [];
    if (inHand !== null && !serves(intro, inHand)) told.push({ to: hand, message: { type: "leave" } });
    else if (sameProcess) told.push({ to: hand, message: { type: "back", epoch, holds, toolRunning, busy } });
    else told.push({ to: hand, message: { type: "show", epoch, hooks, why: "restarted" } });

    const met: Told = { to: { kind: "session", account, id }, message: { type: "connect", ...face } };
    let replies: Reply[];
    try {
      replies = await (record === null
        ? host.bring(arrival(account, id, face, clock.now()), ...told)
        : host.ask(met, ...told));
    } catch (error) {
      // Its old stream was sent away for this one: without a word it would count as there for ever.
      if (roster.leave(live)) host.tell(...lossOf(live));
      throw error;
    }
    if (replies[0]?.kind === "unknown") {
      // Gone for so long that retention took it in this very moment: it comes again, as one that was never seen.
      roster.leave(live);
      throw new SignalboxError("unavailable", "forgotten", `session ${id} was forgotten`, "Connect again");
    }
    log.info({ account, session: id, lane, epoch, inHand: inHand?.facts.id }, "session online");
    // By the commit's word: what was read before it may have gone back meanwhile.
    const keeps = sameProcess && holds && isInHandOf(id, intro.inHand, replies.at(-1));
    return { live, keep: keeps ? intro.inHand : null };
  }
}

/** What is another lane's by now, or a message to a session that takes none any more, is not shown to it again. */
const serves = ({ lane, messaging }: Introduction, { facts }: EventRecord): boolean =>
  facts.lane === lane && (messaging || facts.origin !== "message");

function isInHandOf(session: string, of: DeliveryRef | null, reply: Reply | undefined): boolean {
  if (reply?.kind !== "stepped" || reply.record.kind !== "event") return false;
  const { facts, actor } = reply.record;
  const { claim } = actor.context;
  return claim?.session === session && facts.id === of?.eventId && claim.delivery === of.delivery;
}
