/**
 * What Claude reads of an event: a pure function of it, so that every way in shows the same. Outside the boundary stand
 * only the owner's prompt, our own words, and names that the grammar has passed; all that came from outside stands inside
 * (promise 12).
 */
import type { EventContent, EventFacts } from "../event.ts";
import { eventType } from "../grammar.ts";
import type { EventContext } from "../machines/event.ts";
import { bounded } from "./boundary.ts";
import { shown } from "./escape.ts";
import { cut, EXCERPT_CHARS, ONLY_CHARS } from "./excerpt.ts";
import { deliveryWords } from "./redelivery.ts";
import {
  fieldsWords,
  laneWords,
  originWords,
  proofWords,
  standsForWords,
  type Waiting,
  waitingWords,
  word,
} from "./words.ts";

export interface Reading {
  facts: EventFacts;
  content: EventContent;
  context: EventContext;
  /** Of the event's lane, without the event itself. */
  waiting: Waiting;
  /** The session's first event: tells whom it serves and where. Null: a later one. */
  first: { project: string } | null;
  /** False: the session has no tool to read on in a long payload. Absent: it has. */
  readsOn?: boolean | undefined;
}

export function renderEvent({ facts, content, context, waiting, first, readsOn = true }: Reading): string {
  const paragraphs = [firstLine(facts, context, waiting)];
  if (first !== null) {
    paragraphs.push(`This session serves ${servedLane(facts)} in folder ${word(first.project)}.`);
  }
  if (facts.details?.replayOf !== undefined) {
    paragraphs.push(
      `It replays event ${word(facts.details.replayOf)}, which had ended: part of the work may be done already, so look first.`,
    );
  }
  if (content.prompt !== null) {
    paragraphs.push(`From the owner of this box, for this kind of event:\n${content.prompt}`);
  }
  paragraphs.push(
    `Handle it now. When you have finished, call event_ack with event_id "${facts.id}" and one sentence about what you ` +
      "did. The next event comes only after that.",
    ...payloadParagraphs(facts, content, readsOn),
    ...answerParagraphs(facts),
  );
  return paragraphs.join("\n\n");
}

function firstLine(facts: EventFacts, context: EventContext, waiting: Waiting): string {
  return (
    `Signalbox event ${facts.id} (${deliveryWords(context)}) from ${originWords(facts)}${proofWords(facts)}. ` +
    `Type ${eventType(facts.type)}. ${standsForWords(facts)}${capital(laneWords(facts.lane))}, ${waitingWords(waiting)}.`
  );
}

const servedLane = ({ lane }: EventFacts): string => {
  const words = laneWords(lane);
  return words.startsWith("lane ") ? words : `the ${words}`;
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Who sent a message may be answered; what it answers is the receiver's own, and known by its id. */
function answerParagraphs({ id, origin, from, details }: EventFacts): string[] {
  if (origin !== "message") return [];
  const answers =
    details?.replyTo === undefined
      ? ""
      : `It answers message ${details.replyTo}, which event_payload shows. `;
  return [
    `${answers}If an answer is needed, call session_send with target "${word(from)}" and reply_to "${id}"; without need send none.`,
  ];
}

function payloadParagraphs(facts: EventFacts, content: EventContent, readsOn: boolean): string[] {
  // A cron's words are its owner's prompt, which stands above.
  const chosen = fieldsWords(facts, content);
  if (content.payload === "") {
    if (chosen !== "") return [chosen];
    return facts.origin === "cron" ? [] : ["It came without a payload."];
  }
  const text = shown(content.payload, content.contentType);
  const after = chosen === "" ? [] : [chosen];
  const most = readsOn ? EXCERPT_CHARS : ONLY_CHARS;
  if (text.length <= most) return [bounded(facts, content.marker, text), ...after];
  const end = cut(text, 0, most);
  const shownChars = `These are the first ${end} of ${text.length} characters.`;
  return [
    bounded(facts, content.marker, text.slice(0, end)),
    ...after,
    readsOn
      ? `${shownChars} For the rest call event_payload with event_id "${facts.id}" and offset ${end}, or with a JSON ` +
        "pointer to the part that you need."
      : `${shownChars} This plugin has no tool for the rest; the owner can have the source's routes keep only the fields that are needed.`,
  ];
}
