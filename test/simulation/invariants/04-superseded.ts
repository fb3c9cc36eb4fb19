/**
 * Promises 3 and 4 of what coalesces: an event whose place was taken was shown to nobody and never will be; the one that stands
 * for it is stored, about the same matter, in the very same place, and says for how many it stands.
 */
import { type EventRecord, eventState } from "../../../src/domain/event.ts";
import type { Happening } from "../happening.ts";
import { matterOf } from "../own-times.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const superseded: MakeInvariant = (world) => {
  const { disk } = world;
  /** What each event has taken the place of. */
  const standsFor = new Map<string, number>();
  const unproved = new Set<string>();

  const rowOf = (id: string) => disk.rows.events.get(id);
  const counted = ({ facts }: EventRecord) => facts.details?.standsFor ?? 1;

  function payloadOf(id: string): string {
    return rowOf(id)?.content?.payload ?? "";
  }

  const isReplay = ({ facts }: EventRecord) => facts.details?.replayOf !== undefined;
  const isFiring = ({ facts }: EventRecord) => facts.origin === "cron";
  const aboutWhat = (record: EventRecord) =>
    isFiring(record) ? record.facts.sourceId : matterOf(payloadOf(record.facts.id));

  function leaves(before: EventRecord, after: EventRecord): void {
    const { id } = after.facts;
    const by = rowOf(after.actor.context.supersededBy ?? "")?.seen;
    if (by === undefined) throw new Broken(4, `${id} is superseded by what is not stored`);
    if (before.actor.context.delivery > 0) throw new Broken(4, `${id} was handed over, and is superseded`);
    if (by.seq !== before.seq) throw new Broken(3, `${by.facts.id} is not in the place of ${id}`);
    const same = (["account", "lane", "sourceId", "priority"] as const).every(
      (what) => by.facts[what] === after.facts[what],
    );
    const matter = aboutWhat(after);
    if (by.facts.details?.addressee !== after.facts.details?.addressee)
      throw new Broken(4, `${by.facts.id} took the place of ${id}, which is another session's`);
    if (!same || matter === null || matter !== aboutWhat(by))
      throw new Broken(4, `${by.facts.id} took the place of ${id}, which is another matter`);
    // A firing may stand for times of its own beside those of the one whose place it takes.
    const own = isFiring(by) ? counted(by) - counted(after) : 1;
    if (own < 1 || counted(by) !== counted(after) + own)
      throw new Broken(
        4,
        `${by.facts.id} says that it stands for ${counted(by)}; ${id} for ${counted(after)}`,
      );
    standsFor.set(by.facts.id, counted(by));
    world.count("superseded");
  }

  function written({ before, after }: Extract<Happening, { kind: "event" }>): void {
    const { id } = after.facts;
    // A replay stands for whom its first time stood for, and takes nobody's place.
    const mustTakeAPlace = counted(after) > 1 && !isFiring(after) && !isReplay(after);
    if (before === null && mustTakeAPlace) unproved.add(id);
    if (before !== null && eventState(before) !== "superseded" && eventState(after) === "superseded")
      leaves(before, after);
  }

  function mustWait(id: string, what: string): void {
    if (rowOf(id)?.keys.state === "superseded") throw new Broken(4, `${id} is superseded, and ${what}`);
  }

  return {
    promise: 4,
    title: "what is superseded is done with, and stood for",
    sees(happening) {
      switch (happening.kind) {
        case "event":
          return written(happening);
        case "said":
          if (happening.frame.case === "deliver")
            mustWait(happening.frame.value.of?.eventId ?? "", "delivered");
          return;
        case "shown": {
          const { eventId, text } = happening;
          mustWait(eventId, "shown");
          const many = standsFor.get(eventId) ?? 1;
          if (many > 1 && !new RegExp(`[Ii]t stands for ${many}(: | times of its schedule)`).test(text))
            throw new Broken(4, `${eventId} does not say that it stands for ${many}`);
          return;
        }
        default:
          return;
      }
    },
    stepped() {
      for (const id of unproved) {
        if (!standsFor.has(id)) throw new Broken(4, `${id} stands for others that nothing says it replaced`);
      }
      unproved.clear();
    },
  };
};
