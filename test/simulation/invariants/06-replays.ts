/** Promise 6, of replays: what has ended is handled again as a new event of the same facts and content, and once. */
import { ENDED, type EventContent, type EventFacts, eventState } from "../../../src/domain/event.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const SAME = [
  "account",
  "lane",
  "origin",
  "priority",
  "from",
  "sourceId",
  "type",
  "verifiedBy",
  "bytes",
] as const;

export const replaysOnce: MakeInvariant = ({ disk }) => {
  const replayed = new Map<string, string>();

  function mustBeCopy(facts: EventFacts, of: EventFacts): void {
    for (const name of SAME)
      if (facts[name] !== of[name]) throw new Broken(6, `${facts.id} replays ${of.id} with another ${name}`);
  }

  function mustCarry(id: string, content: EventContent | null, first: EventContent | null): void {
    if (first === null || content?.payload !== first.payload || content.prompt !== first.prompt)
      throw new Broken(6, `${id} does not carry what it replays`);
    if (content.marker === first.marker)
      throw new Broken(6, `${id} has the marker of the event that it replays`);
  }

  return {
    promise: 6,
    title: "a replay is a new event, once",
    sees(happening) {
      if (happening.kind !== "event" || happening.before !== null) return;
      const { after, content } = happening;
      const of = after.facts.details?.replayOf;
      if (of === undefined) return;
      const { id } = after.facts;
      const known = replayed.get(of);
      if (known !== undefined) throw new Broken(6, `${of} is replayed as ${known} and as ${id}`);
      replayed.set(of, id);
      const row = disk.rows.events.get(of) ?? disk.rows.removed.get(of);
      if (row === undefined) throw new Broken(6, `${id} replays ${of}, which is not there`);
      if (!ENDED.includes(eventState(row.seen)))
        throw new Broken(6, `${id} replays ${of}, which has not ended`);
      mustBeCopy(after.facts, row.seen.facts);
      // What it carries was read before that was emptied.
      if (row.seen.actor.context.emptied !== true) mustCarry(id, content, row.content);
    },
  };
};
