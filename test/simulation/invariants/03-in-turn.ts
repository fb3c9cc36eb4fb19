/**
 * Promise 3 of a lane whose policy is round robin: of what is for anybody, no source with something waiting is passed over twice by
 * another one of its band. A server that begins, and one whose disk fails, may begin its rounds anew.
 */
import { type EventRecord, eventState, keptFor } from "../../../src/domain/event.ts";
import { placeOf } from "../../../src/domain/order.ts";
import type { Write } from "../../../src/domain/ports/store.ts";
import { hasTurns, turnOf } from "../../../src/domain/turns.ts";
import { CLAIMABLE } from "../disk/event-rows.ts";
import type { Happening } from "../happening.ts";
import { Policies } from "../policies.ts";
import { SeenWaiting } from "../seen-waiting.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

interface Claim {
  key: string;
  turn: string;
  /** Sources that had something waiting when it was chosen; those that had their turn in the same commit, too, are in `served`. */
  waiting: ReadonlySet<string>;
  served: ReadonlySet<string>;
}

export const inTurn: MakeInvariant = (world) => {
  const { disk } = world;
  const policies = new Policies();
  const seen = new SeenWaiting(world);
  /** Asked for, by event and delivery: they count when they are on the disk. */
  const claims = new Map<string, Claim>();
  /** By lane and band: who waits, and how often each other had its turn since. */
  const passed = new Map<string, Map<string, Map<string, number>>>();
  let failed = 0;

  function asked(writes: readonly Write[]): void {
    const leaving = writes.flatMap((write) => {
      const left = write.kind === "event" || write.kind === "append" ? leavingOf(write.record) : null;
      return left === null ? [] : [left];
    });
    // Whoever leaves, and what nobody wants any more: it lapses when its turn comes.
    const ofBatch = new Set(
      writes.flatMap((write) =>
        write.kind === "event" && !CLAIMABLE.includes(eventState(write.record))
          ? [write.record.facts.id]
          : [],
      ),
    );
    for (const { record, before, key } of leaving) {
      const mine = leaving.filter((other) => other.key === key);
      const { account, lane } = record.facts;
      const waiting = seen
        .in(account, lane)
        .filter(({ seen, keys }) => !ofBatch.has(seen.facts.id) && keys.keptFor === null)
        .filter(({ keys }) => keys.band === placeOf(before).band)
        .filter(({ seen }) => seen.facts.origin !== "message" || takesMessages(record));
      claims.set(nameOf(record), {
        key,
        turn: turnOf(record.facts),
        waiting: new Set(waiting.map(({ seen }) => turnOf(seen.facts))),
        served: new Set(mine.map(({ record }) => turnOf(record.facts))),
      });
    }
  }

  function leavingOf(record: EventRecord): { record: EventRecord; before: EventRecord; key: string } | null {
    const { account, lane, id } = record.facts;
    const before = disk.rows.events.get(id)?.seen ?? {
      ...record,
      actor: { ...record.actor, value: "queued" },
    };
    const was = disk.rows.events.has(id) ? before.actor.context.delivery : 0;
    // From hand to hand in one step: it came back to the front in between, where nobody takes turns.
    if (before.actor.context.claim !== null) return null;
    const { band } = placeOf(before);
    const isTurn = record.actor.context.delivery > was && hasTurns(band) && keptFor(before) === null;
    if (!isTurn || policies.of(account, lane) !== "round-robin") return null;
    return { record, before, key: `${account} ${lane} ${band}` };
  }

  const takesMessages = ({ facts, actor }: EventRecord): boolean =>
    disk.rows.sessions.get(`${facts.account} ${actor.context.claim?.session}`)?.seen.actor.context
      .messaging !== false;

  function landed(record: EventRecord): void {
    const claim = claims.get(nameOf(record));
    if (claim === undefined) return;
    claims.delete(nameOf(record));
    if (disk.failed !== failed) {
      failed = disk.failed;
      passed.clear();
      return;
    }
    world.count("turns");
    const { key, turn, waiting, served } = claim;
    const before = passed.get(key);
    const now = new Map<string, Map<string, number>>();
    for (const source of waiting) {
      if (served.has(source)) continue;
      const by = new Map(before?.get(source));
      by.set(turn, (by.get(turn) ?? 0) + 1);
      now.set(source, by);
      if ((by.get(turn) ?? 0) > 1)
        throw new Broken(3, `${source} waits, and ${turn} has its turn twice (${record.facts.id})`);
      world.count("turns while others wait");
    }
    passed.set(key, now);
  }

  return {
    promise: 3,
    title: "in turn",
    sees(happening: Happening) {
      if (happening.kind === "asked") asked(happening.writes);
      if (happening.kind === "event") landed(happening.after);
      if (happening.kind === "server" || happening.kind === "policy") {
        passed.clear();
        claims.clear();
      }
      seen.sees(happening);
      policies.sees(happening);
    },
  };
};

const nameOf = ({ facts, actor }: EventRecord): string => `${facts.id} ${actor.context.delivery}`;
