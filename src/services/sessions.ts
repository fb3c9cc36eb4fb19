/** What connected sessions say, told to the actors whom it concerns; how they come in is `reception.ts`. */
import type { Told } from "../actors/address.ts";
import type { Host } from "../actors/host.ts";
import type { Again, Way } from "../domain/machines/event-words.ts";
import type { Store } from "../domain/ports/store.ts";
import { withoutTokens } from "../domain/token-text.ts";
import { type AckAnswer, type AckSaid, settleAcks } from "./acks.ts";
import type { DeliveryRef, LiveSession, Presence } from "./live-session.ts";
import type { Log } from "./log.ts";
import { lossOf } from "./loss.ts";
import type { SessionRoster } from "./roster.ts";

interface SessionsParts {
  host: Host;
  store: Store;
  roster: SessionRoster;
  log: Log;
}

export class Sessions {
  readonly #parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** The welcome is on its way: the session may be given an event. */
  greeted(live: LiveSession, presence: Presence): void {
    this.#parts.roster.note(live, { ...presence });
    // Also where it is not free: what it has in hand may be what an interrupt has waited for.
    this.#parts.host.look(live.account, live.lane);
  }

  /** The stream has ended. If another has taken its place, nothing happens. */
  disconnect(live: LiveSession): void {
    const { host, roster, log } = this.#parts;
    if (!roster.leave(live)) return;
    const { account, session, epoch } = live;
    log.info({ account, session, epoch }, "session lost its link");
    host.tell(...lossOf(live));
  }

  /** What the plugin tells of the session; `life`: something was heard of the session itself. */
  presence(live: LiveSession, presence: Presence, life: boolean): void {
    const { host, roster } = this.#parts;
    if (!roster.has(live)) return;
    const { account, session } = live;
    const { busy, toolRunning, hooks, interruptible } = presence;
    const before = live.presence;
    const changed = before.busy !== busy || before.toolRunning !== toolRunning || before.hooks !== hooks;
    const mayStop = interruptible && (!before.interruptible || before.busy !== busy);
    roster.note(live, { ...presence });
    const told: Told[] = [];
    if (life) told.push({ to: { kind: "session", account, id: session }, message: { type: "life" } });
    if (life || changed) {
      told.push({
        to: { kind: "hand", account, session },
        message: { type: "life", busy, toolRunning, hooks },
      });
    }
    if (told.length > 0) host.tell(...told);
    if (presence.ready || mayStop) host.match(account, live.lane);
  }

  /** The turn that had the event died; the session is shown it again. */
  turnLost(live: LiveSession, of: DeliveryRef, why: Again): void {
    const { epoch, presence } = live;
    this.#toHand(live, of, { type: "show", epoch, hooks: presence.hooks, why, delivery: of.delivery });
  }

  /** The delivery came through: what becomes of it now is the session's. */
  held(live: LiveSession, of: DeliveryRef): void {
    live.held = of;
  }

  /** It came through to a plugin that shows it at once and can't tell more: nothing is proved of the session. */
  reached(live: LiveSession, of: DeliveryRef): void {
    this.held(live, of);
    this.#toHand(live, of, { type: "taken", delivery: of.delivery });
  }

  /** Its plugin has given up waiting for the session: the event goes back, and a session that stays silent is deaf (promises 13, 14). */
  silent(live: LiveSession, of: DeliveryRef): void {
    if (!this.#parts.roster.has(live)) return;
    const { account, session } = live;
    // Also where no receipt came: who has waited for an answer has shown it.
    this.reached(live, of);
    this.#toHand(live, of, { type: "silent", delivery: of.delivery });
    // Counted as where there are hooks: one silence may be long work, three in a row are none.
    const miss = { type: "miss", kind: "take", hooks: true } as const;
    this.#parts.host.tell({ to: { kind: "session", account, id: session }, message: miss });
  }

  /** The process has said that it ends: nobody comes back for what it had. */
  left(live: LiveSession): void {
    if (!this.#parts.roster.has(live)) return;
    const { account, session } = live;
    this.#parts.host.tell({ to: { kind: "hand", account, session }, message: { type: "leave" } });
    this.disconnect(live);
  }

  /** An answer of the session itself: it hears. */
  answered(live: LiveSession): void {
    if (this.#parts.roster.has(live)) this.#seen(live);
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
    this.#toHand(live, of, {
      type: "extend",
      delivery: of.delivery,
      ms,
      waitingFor: waitingFor === null ? null : withoutTokens(waitingFor),
    });
  }

  /**
   * Resolves when the ack is stored. `ready`: the session would take the next event in the answer; `next`: it has it
   * in hand already, by the same commit.
   */
  async ack(live: LiveSession, ack: AckSaid, ready: boolean): Promise<AckAnswer & { next: boolean }> {
    const { store, roster } = this.#parts;
    const { account, session } = live;
    const { presence: before, given } = live;
    if (ready) roster.note(live, { ...before, ready });
    const asked = live.presence;
    const [answer] = await settleAcks(this.#parts, account, [ack]);
    if (answer === undefined) throw new Error("one ack had no answer");
    const inHand = await store.claimOf(account, session);
    const next = inHand !== null;
    // Whoever acks what an interrupt has stopped has that in hand already: nothing that is given will say that it is not free.
    const isNew =
      next && (inHand.facts.id !== given?.eventId || inHand.actor.context.delivery !== given.delivery);
    // It was ready for this answer alone; what it has told of itself since is newer.
    if (ready && !isNew && live.presence === asked) live.presence = before;
    return { ...answer, next };
  }

  /** Resolves when all that was told before has been taken, whatever became of it. */
  caughtUp(): Promise<void> {
    // A store that fails keeps what was told; it is the host's to bound.
    return this.#parts.host.beat().catch(() => {});
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
}
