/** Who is connected to this server: at most one stream a session. */
import type { Interruptible, Ready, Roster } from "../actors/matching.ts";
import type { Lane } from "../domain/lane.ts";
import type { LiveSession, Presence } from "./live-session.ts";

export class SessionRoster implements Roster {
  readonly #sessions = new Map<string, LiveSession>();
  /** In a lane those come first that have been ready for longest. */
  readonly #lanes = new Map<string, Set<LiveSession>>();

  get(account: string, session: string): LiveSession | null {
    return this.#sessions.get(`${account} ${session}`) ?? null;
  }

  /** Puts the session in, and returns the one whose place it takes. */
  enter(live: LiveSession): LiveSession | null {
    const before = this.get(live.account, live.session);
    if (before !== null) this.leave(before);
    this.#sessions.set(`${live.account} ${live.session}`, live);
    const lane = this.#lanes.get(`${live.account} ${live.lane}`) ?? new Set();
    this.#lanes.set(`${live.account} ${live.lane}`, lane.add(live));
    return before;
  }

  /** False: another stream stands in its place already. */
  leave(live: LiveSession): boolean {
    if (!this.has(live)) return false;
    this.#sessions.delete(`${live.account} ${live.session}`);
    const key = `${live.account} ${live.lane}`;
    const lane = this.#lanes.get(key);
    lane?.delete(live);
    if (lane?.size === 0) this.#lanes.delete(key);
    return true;
  }

  /** What the session is like now. Who becomes ready joins the end of the line. */
  note(live: LiveSession, presence: Presence): void {
    const lane = this.#lanes.get(`${live.account} ${live.lane}`);
    if (presence.ready && !live.presence.ready && lane?.delete(live) === true) lane.add(live);
    live.presence = presence;
  }

  has(live: LiveSession): boolean {
    return this.get(live.account, live.session) === live;
  }

  reached(account: string, session: string, eventId: string, delivery: number): boolean {
    const held = this.get(account, session)?.held;
    return held?.eventId === eventId && held.delivery === delivery;
  }

  /** The sessions that are connected to the lane. */
  inLane(account: string, lane: Lane): string[] {
    return this.#those(account, lane, () => true).map(({ session }) => session);
  }

  serves(account: string, lane: Lane): boolean {
    return this.#lanes.has(`${account} ${lane}`);
  }

  ready(account: string, lane: Lane): readonly Ready[] {
    return this.#those(account, lane, ({ ready }) => ready).map(readyOf);
  }

  interruptible(account: string, lane: Lane): readonly Interruptible[] {
    const those = this.#those(account, lane, ({ interruptible }) => interruptible);
    return those.map((live) => ({ ...readyOf(live), busy: live.presence.busy }));
  }

  #those(account: string, lane: Lane, are: (presence: Presence) => boolean): LiveSession[] {
    const connected = this.#lanes.get(`${account} ${lane}`);
    return connected === undefined ? [] : [...connected].filter(({ presence }) => are(presence));
  }
}

const readyOf = ({ session, epoch, presence }: LiveSession): Ready => ({
  session,
  epoch,
  hooks: presence.hooks,
});
