/**
 * Promise 3: of what waits in a lane for a session, the first leaves first: by band, and inside a band by arrival, or inside
 * each source of the band where the lane's policy is round robin.
 */
import { type EventRecord, eventState } from "../../../src/domain/event.ts";
import { turnOf } from "../../../src/domain/turns.ts";
import { CLAIMABLE } from "../disk/event-rows.ts";
import type { Happening } from "../happening.ts";
import { isBehindOthers, isFor, mayBeFor } from "../is-for.ts";
import { Policies } from "../policies.ts";
import { SeenWaiting } from "../seen-waiting.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const RANK = { interrupt: 0, priority: 2, normal: 3 };
const RESUMED = 1;

export const inOrder: MakeInvariant = (world) => {
  const { disk, time } = world;
  const seenWaiting = new SeenWaiting(world);
  const policies = new Policies();
  const arrivals = new Map<string, { askedAt: number; answeredAt: number }>();

  const rank = ({ facts }: EventRecord, comesBack: boolean) =>
    facts.priority !== "interrupt" && comesBack ? RESUMED : RANK[facts.priority];

  function asked({ writes }: Extract<Happening, { kind: "asked" }>): void {
    const ofBatch = new Set<string>();
    const leaving: { record: EventRecord; before: EventRecord; rank: number }[] = [];
    const staying: { record: EventRecord; rank: number }[] = [];
    for (const write of writes) {
      if (write.kind !== "event") continue;
      const { record } = write;
      ofBatch.add(record.facts.id);
      const before = disk.rows.events.get(record.facts.id)?.seen;
      if (before === undefined) continue;
      const state = eventState(record);
      if (record.actor.context.delivery > before.actor.context.delivery) {
        const from = eventState(before);
        leaving.push({ record, before, rank: rank(before, from !== "queued" && from !== "scheduled") });
      } else if (CLAIMABLE.includes(state)) staying.push({ record, rank: rank(record, state !== "queued") });
    }
    for (const one of leaving) {
      const { account, lane } = one.record.facts;
      const session = one.record.actor.context.claim?.session ?? "";
      if (!mayBeFor(world, writes, one.before, session))
        throw new Broken(
          3,
          `${one.record.facts.id} goes to ${session}, and is kept for another that is there`,
        );
      const waiting = seenWaiting
        .in(account, lane)
        .filter(({ seen }) => !ofBatch.has(seen.facts.id))
        .map(({ seen, keys }) => ({ record: seen, rank: rank(seen, keys.state !== "queued") }));
      const here = staying.filter(
        ({ record }) => record.facts.account === account && record.facts.lane === lane,
      );
      for (const other of [...waiting, ...here]) {
        if (!isFor(world, writes, other.record, session)) continue;
        if (isBehindOthers(world, other.record, session)) continue;
        if (other.record.facts.origin === "message" && takesNone(one.record)) continue;
        if (other.rank === one.rank && mayPass(one, other.record)) continue;
        const first = other.rank - one.rank || other.record.seq - one.record.seq;
        if (first < 0) throw new Broken(3, `${one.record.facts.id} leaves before ${other.record.facts.id}`);
      }
    }
  }

  /** It is the turn of another source. */
  function mayPass(one: { record: EventRecord; rank: number }, other: EventRecord): boolean {
    const { account, lane } = other.facts;
    if (one.rank < RANK.priority || policies.of(account, lane) === "fifo") return false;
    return turnOf(one.record.facts) !== turnOf(other.facts);
  }

  /** What has taken another's place stands where that one came in, and what was superseded stands nowhere. */
  function inItsPlace(id: string): EventRecord | undefined {
    const row = disk.rows.events.get(id);
    const own = row?.keys.state !== "superseded" && row?.seen.facts.details?.standsFor === undefined;
    return own ? row?.seen : undefined;
  }

  /** Messages are not there for the session that has it now. */
  function takesNone({ facts, actor }: EventRecord): boolean {
    const session = disk.rows.sessions.get(`${facts.account} ${actor.context.claim?.session}`)?.seen;
    return session?.actor.context.messaging === false;
  }

  function accepted({ id, askedAt }: Extract<Happening, { kind: "accepted" | "sent" }>): void {
    const mine = inItsPlace(id);
    for (const [other, { answeredAt }] of arrivals) {
      const theirs = inItsPlace(other);
      if (mine === undefined || theirs === undefined || answeredAt >= askedAt) continue;
      if (theirs.seq >= mine.seq)
        throw new Broken(3, `${id} was sent after ${other} was accepted, and stands before it`);
    }
    arrivals.set(id, { askedAt, answeredAt: time.now });
  }

  return {
    promise: 3,
    title: "in order",
    sees(happening) {
      if (happening.kind === "asked") asked(happening);
      if (happening.kind === "accepted" && happening.status === "queued") accepted(happening);
      if (happening.kind === "sent") accepted(happening);
      seenWaiting.sees(happening);
      policies.sees(happening);
    },
  };
};
