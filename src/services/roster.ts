/** Who is connected to this server: at most one stream a session. */
import type { Ready, Roster } from "../actors/matching.ts";
import type { Lane } from "../domain/lane.ts";
import type { LiveSession } from "./live-session.ts";

export class SessionRoster implements Roster {
  readonly #sessions = new Map<string, LiveSession>();
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

  has(live: LiveSession): boolean {
    return this.get(live.account, live.session) === live;
  }

  reached(account: string, session: string, eventId: string, delivery: number): boolean {
    const held = this.get(account, session)?.held;
    return held?.eventId === eventId && held.delivery === delivery;
  }

  ready(account: string, lane: Lane): readonly Ready[] {
    const connected = this.#lanes.get(`${account} ${lane}`);
    if (connected === undefined) return [];
    const free = [...connected].filter(({ presence }) => presence.ready);
    return free.map(({ session, epoch, presence }) => ({ session, epoch, hooks: presence.hooks }));
  }
}
