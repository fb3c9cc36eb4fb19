/** Promise 12: what came from outside stands inside its boundary, which it cannot close, and opens no tag. */
import { OUTSIDE } from "../../../src/domain/reading/boundary.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** Of `senders/payload.ts`: stands in every payload and nowhere else. */
const MARK = "mark~";

export const boundary: MakeInvariant = ({ disk }) => {
  /** Nothing of it came from outside: it is its owner's word. */
  const isOwners = (eventId: string) => disk.rows.events.get(eventId)?.seen.facts.origin === "cron";

  function mustStandInside(eventId: string, told: string): void {
    const marker = /^<payload-([0-9a-f]{8})>$/m.exec(told)?.[1];
    if (marker === undefined) throw new Broken(12, `what Claude reads of ${eventId} has no boundary`);
    const [open, close] = [`\n<payload-${marker}>\n`, `\n</payload-${marker}>`];
    const [from, to] = [told.indexOf(open), told.indexOf(close)];
    const inside = told.slice(from + open.length, to);
    const outside = told.slice(0, from) + told.slice(to + close.length);
    if (from === -1 || to < from || told.indexOf(close, to + 1) !== -1)
      throw new Broken(12, `the boundary of ${eventId} is not closed once`);
    if (!told.slice(0, from).endsWith(OUTSIDE))
      throw new Broken(12, `the boundary of ${eventId} does not say what it is`);
    if (outside.includes(MARK)) throw new Broken(12, `something of the payload of ${eventId} stands outside`);
    if (/<[a-z/!]/i.test(inside)) throw new Broken(12, `the payload of ${eventId} opens or closes a tag`);
    if (/[\p{Cc}\p{Cf}]/u.test(inside.replace(/[\t\n\r]/g, "")))
      throw new Broken(12, `the payload of ${eventId} holds what a terminal obeys`);
  }

  return {
    promise: 12,
    title: "outside content is data",
    sees(happening) {
      if (happening.kind === "page") return mustStandInside(happening.eventId, happening.text);
      if (happening.kind !== "shown") return;
      const { by, eventId, text } = happening;
      // The client's own tag around a channel event.
      const told =
        by === "channel" ? text.replace(/^<channel [^>]*>\n/, "").replace(/\n<\/channel>$/, "") : text;
      if (!isOwners(eventId)) return mustStandInside(eventId, told);
      if (told.includes("payload-")) throw new Broken(12, `${eventId} has a boundary around nothing`);
    },
  };
};
