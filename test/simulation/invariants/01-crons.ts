/**
 * Promise 1 of crons: a time counts as fired only when its event is on the disk. Which times have come, and which of them make an
 * event by the cron's rules, is reckoned here once more.
 */
import { type CronRecord, cronState } from "../../../src/domain/cron.ts";
import { periodOf } from "../owner.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const MINUTE = 60_000;
const MOST = 100;

export const cronsAreStored: MakeInvariant = (world) => {
  const fired = new Set<string>();

  /** What must be there, of the times that the server has now done with. */
  function required({ actor: { context } }: CronRecord, at: number): number[] {
    const { nextAt, expression, misfire, overlap, maxLatenessMs, eventId } = context;
    const period = periodOf(expression);
    const times: number[] = [];
    const last = Math.floor(at / period) * period;
    for (let time = last; nextAt !== null && time >= nextAt && times.length < MOST; time -= period)
      times.unshift(time);
    const fresh = times.filter((time) => at - time <= (maxLatenessMs ?? Number.POSITIVE_INFINITY));
    const made = {
      once: fresh.slice(-1),
      skip: fresh.filter((time) => at - time < MINUTE).slice(-1),
      all: fresh,
    }[misfire];
    if (overlap === "queue") return made;
    // Whether its last event was done just then, nobody knows from outside.
    return overlap === "skip" && eventId !== null ? [] : made.slice(-1);
  }

  function ticked(before: CronRecord, after: CronRecord): void {
    const [then, now] = [before.actor.context, after.actor.context];
    const same =
      then.expression === now.expression && cronState(before) === "active" && cronState(after) === "active";
    if (!same || then.reckonedAt === now.reckonedAt || then.nextAt === null || then.nextAt > now.reckonedAt)
      return;
    const { bounded } = world.operator;
    const foundNoRoom = now.missedBecause === "full" && now.missed > then.missed;
    if (foundNoRoom && bounded.has(`${after.account} ${after.lane}`)) {
      world.count("cron found no room");
      return;
    }
    for (const time of required(before, now.reckonedAt)) {
      if (!fired.has(`${after.id} ${time}`))
        throw new Broken(
          1,
          `${after.id} is done with ${new Date(time).toISOString()}, and no event is stored`,
        );
    }
    if (now.eventId !== null && now.eventId !== then.eventId) copiesMustBeThere(now.eventId);
    world.count("cron ticked");
  }

  function copiesMustBeThere(id: string): void {
    const { events, removed } = world.disk.rows;
    const there = [...events.values(), ...removed.values()].map(({ seen }) => seen.facts.details);
    for (const session of events.get(id)?.seen.facts.details?.copies ?? [])
      if (!there.some((details) => details?.copyOf === id && details.addressee === session))
        throw new Broken(1, `${id} counts as fired, and the copy for ${session} is not in the store`);
  }

  return {
    promise: 1,
    title: "a cron has fired when its event is stored",
    sees(happening) {
      if (happening.kind === "event" && happening.before === null) {
        const { sourceId, details } = happening.after.facts;
        if (details?.due !== undefined && details.replayOf === undefined)
          fired.add(`${sourceId} ${details.due.at}`);
      }
      if (happening.kind === "cron" && happening.before !== null) ticked(happening.before, happening.after);
    },
  };
};
