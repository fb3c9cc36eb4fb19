/**
 * Sessions come, speak and go. Promise 5: who comes back inside his grace keeps what he has in hand; who comes back as a
 * new process is shown it again.
 */
import type { Told } from "../actors/address.ts";
import type { Host, Reply } from "../actors/host.ts";
import { arrival } from "../actors/step.ts";
import { SignalboxError } from "../domain/errors.ts";
import { eventState } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { Again, Outcome, Way } from "../domain/machines/event-words.ts";
import type { SessionFace } from "../domain/machines/session.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";
import { MOST_COUNTED } from "./deliveries.ts";
import type { DeliveryRef, LiveSession, PluginLink, Presence } from "./live-session.ts";
import type { Log } from "./log.ts";
import type { SessionRoster } from "./roster.ts";
import { Turns } from "./turns.ts";

/** How long an old stream of the same session may take to show that it lives. */
const PING_MS = 2_000;

export interface AckSaid {
  of: DeliveryRef;
  outcome: Outcome;
  summary: string;
  retryAfterMs: number | null;
}

/** What Acked tells. */
export interface AckAnswer {
  of: DeliveryRef;
  status: "settled" | "repeated" | "late" | "unknown";
  state: string;
  waiting: number;
  /** The session has its next event in hand already. */
  next: boolean;
}

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
  inHand: DeliveryRef | null;
  unconfirmed: readonly AckSaid[];
  presence: Presence;
}

export interface Welcomed {
  live: LiveSession;
  keep: DeliveryRef | null;
  acks: readonly AckAnswer[];
}

interface SessionsParts {
  host: Host;
  store: Store;
  roster: SessionRoster;
  clock: Clock;
  log: Log;
  graceMs: number;
}

export class Sessions {
  readonly #parts: SessionsParts;
  /** Connections of one session are taken one after the other. */
  readonly #turns = new Turns();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** Lets the session in. Its stream is live when this resolves, and is given events from `greeted` on. */
  connect(intro: Introduction, link: PluginLink): Promise<Welcomed> {
    return this.#turns.take(`${intro.account} ${intro.session}`, async () => {
      const { id, record } = await this.#identify(intro);
      const acks = await this.#settleUnconfirmed(intro, id);
      return { ...(await this.#seat(intro, id, record, link)), acks };
    });
  }

  /** The welcome is on its way: the session may be given an event. */
  greeted(live: LiveSession, presence: Presence): void {
    live.presence = { ...presence };
    this.#parts.host.match(live.account, live.lane);
  }

  /** The stream has ended. If another has taken its place, nothing happens. */
  disconnect(live: LiveSession): void {
    const { host, roster, log } = this.#parts;
    if (!roster.leave(live)) return;
    const { account, session } = live;
    log.info({ account, session, epoch: live.epoch }, "session lost its link");
    host.tell(
      { to: { kind: "session", account, id: session }, message: { type: "lost" } },
      { to: { kind: "hand", account, session }, message: { type: "away" } },
    );
  }

  /** What the plugin tells of the session; `life`: something was heard of the session itself. */
  presence(live: LiveSession, presence: Presence, life: boolean): void {
    const { host, roster } = this.#parts;
    if (!roster.has(live)) return;
    const { account, session } = live;
    const { busy, toolRunning, hooks } = presence;
    const before = live.presence;
    const changed = before.busy !== busy || before.toolRunning !== toolRunning || before.hooks !== hooks;
    live.presence = { ...presence };
    const told: Told[] = [];
    if (life) told.push({ to: { kind: "session", account, id: session }, message: { type: "life" } });
    if (life || changed) {
      told.push({
        to: { kind: "hand", account, session },
        message: { type: "life", busy, toolRunning, hooks },
      });
    }
    if (told.length > 0) host.tell(...told);
    if (presence.ready) host.match(account, live.lane);
  }

  /** The turn that had the event died; the session is shown it again. */
  turnLost(live: LiveSession, of: DeliveryRef, why: Again): void {
    const { epoch, presence } = live;
    this.#toHand(live, of, { type: "show", epoch, hooks: presence.hooks, why, delivery: of.delivery });
  }

  surfaced(live: LiveSession, of: DeliveryRef, way: Way): void {
    this.#toHand(live, of, { type: "surfaced", delivery: of.delivery, way });
    // A wake that was seen proves nothing yet: only what is taken does.
    if (way === "channel") this.#seen(live);
  }

  taken(live: LiveSession, of: DeliveryRef): void {
    this.#toHand(live, of, { type: "taken", delivery: of.delivery });
    this.#seen(live);
  }

  extend(live: LiveSession, of: DeliveryRef, ms: number, waitingFor: string | null): void {
    this.#toHand(live, of, { type: "extend", delivery: of.delivery, ms, waitingFor });
  }

  /** Resolves when the ack is stored. `ready`: the session would take the next event in the answer. */
  async ack(live: LiveSession, ack: AckSaid, ready: boolean): Promise<AckAnswer> {
    const { host, store } = this.#parts;
    const { account, session } = live;
    if (ready) live.presence.ready = true;
    const [reply] = await host.ask(ackTold(account, ack));
    if (ready) host.match(account, live.lane);
    const inHand = await store.claimOf(account, session);
    return { ...(await this.#answer(account, ack, reply)), next: inHand !== null };
  }

  #toHand(
    live: LiveSession,
    of: DeliveryRef,
    message: Extract<Told, { to: { kind: "event" | "hand" } }>["message"],
  ): void {
    if (!this.#parts.roster.has(live)) return;
    const { account, session } = live;
    this.#parts.host.tell({ to: { kind: "hand", account, session, event: of.eventId }, message });
  }

  #seen(live: LiveSession): void {
    const { account, session } = live;
    this.#parts.host.tell({ to: { kind: "session", account, id: session }, message: { type: "seen" } });
  }

  /**
   * Which session this is. A second process with a known session id is a session of its own while the first one
   * answers; otherwise it takes over.
   */
  async #identify(intro: Introduction): Promise<{ id: string; record: SessionRecord | null }> {
    const { store, roster } = this.#parts;
    const { account, session, instance } = intro;
    const ownId = `${session}~${instance.slice(0, 8)}`;
    const own = await store.session(account, ownId);
    if (own?.actor.context.instance === instance) return { id: ownId, record: own };
    const record = await store.session(account, session);
    const live = roster.get(account, session);
    if (live === null || live.instance === instance) return { id: session, record };
    const lives = await live.link.ping(PING_MS);
    return lives && roster.has(live) ? { id: ownId, record: own } : { id: session, record };
  }

  /** Acks that were kept while the link was down, or by a plugin that is gone. */
  async #settleUnconfirmed(intro: Introduction, session: string): Promise<AckAnswer[]> {
    if (intro.unconfirmed.length === 0) return [];
    const replies = await this.#parts.host.ask(
      ...intro.unconfirmed.map((ack) => ackTold(intro.account, ack)),
    );
    this.#parts.log.info(
      { account: intro.account, session, acks: replies.length },
      "took acks that had waited",
    );
    const answers = intro.unconfirmed.map((ack, i) => this.#answer(intro.account, ack, replies[i]));
    return (await Promise.all(answers)).map((answer) => ({ ...answer, next: false }));
  }

  /** Gives the session its stream, its epoch, and what it has in hand. */
  async #seat(
    intro: Introduction,
    id: string,
    record: SessionRecord | null,
    link: PluginLink,
  ): Promise<Omit<Welcomed, "acks">> {
    const { host, store, roster, clock, log, graceMs } = this.#parts;
    const { account, lane, instance, client, project, entrypoint, pluginVersion } = intro;
    const face: SessionFace = { lane, instance, client, project, entrypoint, pluginVersion, graceMs };
    const epoch = (record?.actor.context.epoch ?? 0) + 1;
    const presence = { ...intro.presence, ready: false };
    const live: LiveSession = {
      account,
      session: id,
      instance,
      lane,
      epoch,
      client,
      project,
      presence,
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
    const { hooks } = presence;
    const told: Told[] = [];
    if (inHand !== null && inHand.facts.lane !== lane) told.push({ to: hand, message: { type: "leave" } });
    else if (sameProcess) told.push({ to: hand, message: { type: "back", epoch, holds } });
    else told.push({ to: hand, message: { type: "show", epoch, hooks, why: "restarted" } });

    try {
      if (record === null) await host.bring(arrival(account, id, face, clock.now()), ...told);
      else
        await host.ask(
          { to: { kind: "session", account, id }, message: { type: "connect", ...face } },
          ...told,
        );
    } catch (error) {
      roster.leave(live);
      throw error;
    }
    log.info({ account, session: id, lane, epoch, inHand: inHand?.facts.id }, "session online");
    const keeps = sameProcess && holds && inHand?.facts.lane === lane;
    return { live, keep: keeps ? intro.inHand : null };
  }

  async #answer(account: string, ack: AckSaid, reply: Reply | undefined): Promise<Omit<AckAnswer, "next">> {
    if (reply?.kind !== "stepped" || reply.record.kind !== "event") {
      return { of: ack.of, status: "unknown", state: "", waiting: 0 };
    }
    const confirm = reply.effects.find((effect) => effect.kind === "confirm");
    if (confirm === undefined) {
      throw new SignalboxError(
        "unavailable",
        "ack_unanswered",
        `the ack of ${ack.of.eventId} got no answer`,
        "Send it again",
      );
    }
    const { record } = reply;
    const waiting = await this.#parts.store.waiting(account, record.facts.lane, MOST_COUNTED);
    return { of: ack.of, status: confirm.status, state: eventState(record), waiting };
  }
}

const ackTold = (account: string, { of, ...said }: AckSaid): Told => ({
  to: { kind: "event", account, id: of.eventId },
  message: { type: "ack", delivery: of.delivery, ...said },
});
