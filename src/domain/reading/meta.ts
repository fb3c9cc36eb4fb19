/**
 * The attributes of the tag in which a channel shows an event. All strings, or the client loses the whole event; keys in
 * its grammar, or it drops them; never `source`, which it sets itself (https://code.claude.com/docs/en/channels-reference).
 */
import { eventType } from "../grammar.ts";
import { laneName } from "../lane.ts";
import type { Reading } from "./render.ts";
import { word } from "./words.ts";

export function channelMeta({ facts, context, waiting }: Pick<Reading, "facts" | "context" | "waiting">) {
  return {
    event_id: facts.id,
    delivery: String(context.delivery),
    origin: facts.origin,
    from: word(facts.from),
    type: eventType(facts.type),
    lane: laneName(facts.lane),
    priority: facts.priority,
    waiting: waiting.more ? `${waiting.count}+` : String(waiting.count),
  } satisfies Record<string, string>;
}
