/**
 * A part of a payload on request: a page of it, or of what a JSON pointer names, inside the same boundary as the event
 * (promise 12). A pointed-at value is written anew by JSON.stringify, so numbers beyond a double's precision lose digits
 * there; the pages of the whole are the provider's own text.
 */
import type { EventContent, EventFacts } from "../event.ts";
import { JSON_TYPE, parseJson } from "../payload.ts";
import { bounded } from "./boundary.ts";
import { shown, shownJson } from "./escape.ts";
import { cut, EXCERPT_CHARS, wholeCharacters } from "./excerpt.ts";
import { pointed } from "./json-pointer.ts";

/** The most characters of one page. */
export const MAX_PAGE_CHARS = 64 * 1024;

export interface PageRequest {
  facts: Pick<EventFacts, "id" | "details" | "verifiedBy">;
  content: EventContent;
  /** RFC 6901; empty: the whole payload. */
  pointer: string;
  /** In characters of the text as it is shown. */
  offset: number;
  /** In characters; 0: 16384; at least 64, at most 65536. */
  limit: number;
}

export type PayloadPage =
  /** `content` is ready to be read, boundary included; `nextOffset` null: the end was reached. */
  { kind: "page"; content: string; total: number; nextOffset: number | null } | PageRefusal;

export interface PageRefusal {
  kind: "refused";
  code: "bad_pointer" | "not_json" | "bad_offset" | "too_deep";
  message: string;
}

export function payloadPage({ facts, content, pointer, offset, limit }: PageRequest): PayloadPage {
  const text = textToPage(content, pointer);
  if (typeof text !== "string") return text;
  const total = text.length;
  if (!Number.isInteger(offset) || offset < 0 || offset > total) {
    return refused("bad_offset", `offset ${offset} is outside of the text, which has ${total} characters`);
  }
  // A caller may name any place; half of an escape or of a pair of surrogates would be something else.
  const begin = wholeCharacters(text, offset);
  const end = cut(text, begin, Math.min(limit || EXCERPT_CHARS, MAX_PAGE_CHARS));
  const nextOffset = end < total ? end : null;
  const inside = bounded(facts, content.marker, text.slice(begin, end));
  return {
    kind: "page",
    content: `${inside}\n\n${pageWords(facts.id, begin, end, total)}`,
    total,
    nextOffset,
  };
}

/** Outside the boundary, so numbers and our own words alone; not the pointer, which may be copied from a payload. */
function pageWords(id: string, offset: number, end: number, total: number): string {
  const range = `These are characters ${offset} to ${end} of ${total}`;
  if (end === total) return `${range}, the end.`;
  return `${range}. Go on with event_payload, event_id "${id}", offset ${end} and the same pointer, if you gave one.`;
}

function textToPage({ payload, contentType }: EventContent, pointer: string): string | PageRefusal {
  if (pointer === "") return shown(payload, contentType);
  const json = contentType === JSON_TYPE ? parseJson(payload) : undefined;
  if (json === undefined)
    return refused("not_json", "the payload is not JSON; page it by offset, without a pointer");
  const found = pointed(json, pointer);
  if (found === undefined) {
    return refused(
      "bad_pointer",
      "nothing stands there; a pointer looks like /pull_request/title or /commits/0, an empty one is the whole",
    );
  }
  try {
    return shownJson(JSON.stringify(found.value));
  } catch {
    // JSON.parse reads any depth, JSON.stringify has a stack.
    return refused("too_deep", "what stands there is nested too deeply; page the whole payload by offset");
  }
}

const refused = (code: PageRefusal["code"], message: string): PageRefusal => ({
  kind: "refused",
  code,
  message,
});
