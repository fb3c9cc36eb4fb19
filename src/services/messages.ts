/**
 * Messages between sessions. Each is an event of the lane that it is for, stored before its sender is told so (promise 1), and
 * known again when it is sent again (promise 6). Who sent it is what the store knows of the session, not what the message says.
 */
import type { Token } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { EventRecord } from "../domain/event.ts";
import { UNTAGGED } from "../domain/grammar.ts";
import { type Lane, laneOfTag } from "../domain/lane.ts";
import { LONGEST_MESSAGE, nameOfSender, targetOf } from "../domain/message.ts";
import type { Priority } from "../domain/order.ts";
import type { Store } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";
import { type Audience, audience } from "./audience.ts";
import type { Accepted, Events } from "./events.ts";
import type { Fanout } from "./fanout.ts";
import { type Caused, causedBy } from "./origin.ts";
import { type SessionFace, sessionOf } from "./session-name.ts";
import { reaches, requireLane } from "./token-reach.ts";

export interface Message {
  from: SessionFace;
  /** The same in each try of one call. */
  requestId: string;
  /** As `targetOf` reads it; empty: who sent what it answers. */
  target: string;
  text: string;
  priority: Priority;
  /** Event id of the message that it answers. */
  replyTo: string | null;
  /** The event that led to it, where that is not in hand any more. */
  cause: string | null;
  /** `all`: one for each session of the lane that is connected now. */
  fanout: Fanout | null;
}

/** What became of it in one lane. */
export type Posted =
  | {
      lane: Lane;
      outcome: "sent" | "queued";
      id: string;
      /** How many sessions get one of their own; 1: it is for one of them, or for whoever comes. */
      copies: number;
    }
  | { lane: Lane; outcome: "refused"; reason: string };

export interface Sent {
  posted: Posted[];
  hops: number;
}

interface MessagesParts {
  store: Store;
  events: Events;
}

export class Messages {
  readonly #parts: MessagesParts;

  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  /** Resolves when it is stored for every lane that was not refused. Throws `SignalboxError` where it is for nobody. */
  async send(token: Token, message: Message): Promise<Sent> {
    const { store } = this.#parts;
    const sender = await this.#sender(token, message.from);
    requireText(message.text);
    const answered = message.replyTo === null ? null : await this.#answered(sender, message.replyTo);
    const { hops, cause } = await causedBy(store, sender, message.cause, answered);
    const there = audience(await store.sessions(token.account), sender);
    const lanes = this.#lanes(token, message.target, there, answered);
    const posted = await Promise.all(
      lanes.map(async (lane): Promise<Posted> => {
        const reason = there.whyNot(lane);
        // One that was taken before stays taken (promise 6), whoever is there by now.
        if (reason !== null && !(await this.#isTaken(sender, message, lane)))
          return { lane, outcome: "refused", reason };
        const posted = await this.#post(sender, lane, message, { hops, cause }).catch(fullLane);
        if ("reason" in posted) return { lane, outcome: "refused", reason: posted.reason };
        const { id, copies = 1 } = posted;
        return { lane, outcome: there.isThere(lane) ? "sent" : "queued", id, copies };
      }),
    );
    return { posted, hops };
  }

  async #sender(token: Token, face: SessionFace): Promise<SessionRecord> {
    const sender = await sessionOf(this.#parts.store, token.account, face);
    if (sender === null) {
      throw new SignalboxError(
        "missing",
        "not_connected",
        "this session has no link to the server, so nobody could answer it",
        "Send again once account_info says that its link is online",
      );
    }
    const { lane, messaging } = sender.actor.context;
    requireLane(token, lane);
    if (!messaging) {
      throw new SignalboxError(
        "forbidden",
        "messaging_off",
        "this session takes no part in messages",
        "Set sessionMessaging to true in its configuration, and start it again",
      );
    }
    return sender;
  }

  async #answered(sender: SessionRecord, id: string): Promise<EventRecord> {
    const record = await this.#parts.store.event(id);
    // Promise 9: an id of another account is an unknown id.
    const isOurs =
      record?.facts.account === sender.account && record.facts.lane === sender.actor.context.lane;
    if (record?.facts.origin !== "message" || !isOurs) {
      throw new SignalboxError(
        "invalid",
        "no_such_message",
        "reply_to names no message that was sent to this lane",
        "Use the event id of the message that is answered, or leave reply_to out",
      );
    }
    return record;
  }

  #lanes(token: Token, text: string, there: Audience, answered: EventRecord | null): Lane[] {
    const back = answered === null ? null : laneOfSender(answered);
    if (text.trim() === "" && back !== null) return [back];
    const target = targetOf(text);
    switch (target.kind) {
      case "unclear":
        throw new SignalboxError(
          "invalid",
          "bad_target",
          target.problem,
          `Name a tag, several with commas between them, ${UNTAGGED}, or * for all that are connected; session_list tells the tags`,
        );
      case "connected":
        return there.lanes.filter((lane) => reaches(token, lane));
      case "lanes":
        // Who asked may be answered, wherever he is; else a token stays in the lanes that it is bound to.
        for (const lane of target.lanes) if (lane !== back) requireLane(token, lane);
        return target.lanes;
      default:
        return target satisfies never;
    }
  }

  async #isTaken({ account, id }: SessionRecord, { requestId }: Message, lane: Lane): Promise<boolean> {
    return (await this.#parts.store.known(account, null, deliveryIdOf(id, requestId, lane))) !== null;
  }

  async #post(
    sender: SessionRecord,
    lane: Lane,
    { requestId, text, priority, replyTo, fanout }: Message,
    { hops, cause }: Caused,
  ): Promise<Accepted> {
    const { account, id, actor } = sender;
    const { project } = actor.context;
    return this.#parts.events.accept({
      facts: {
        account,
        lane,
        origin: "message",
        priority,
        from: nameOfSender(actor.context.lane),
        sourceId: null,
        type: replyTo === null ? "message.sent" : "message.answered",
        verifiedBy: null,
        deliveryId: deliveryIdOf(id, requestId, lane),
        details: {
          ...(hops > 0 && { hops }),
          ...(cause !== null && { cause: cause.event }),
          ...(replyTo !== null && { replyTo }),
          ...(project !== "" && { project }),
        },
      },
      routed: { kind: "routed", prompt: null },
      contentType: "text/plain",
      payload: text,
      fanout,
      sender: id,
    });
  }
}

const deliveryIdOf = (sender: string, requestId: string, lane: Lane): string =>
  `message ${sender} ${requestId} ${lane}`;

const laneOfSender = ({ facts }: EventRecord): Lane => laneOfTag(facts.from === UNTAGGED ? null : facts.from);

function requireText(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_MESSAGE) {
    throw new SignalboxError(
      "too_large",
      "message_too_long",
      `the message has ${bytes} bytes, at most ${LONGEST_MESSAGE} can be sent`,
      "Put what is long into a file, and say where it is",
    );
  }
  if (text.trim() !== "") return;
  throw new SignalboxError("invalid", "empty_message", "the message is empty", "Say what it is about");
}

/** One lane that takes no more does not keep the message from the others. */
function fullLane(error: unknown): { reason: string } {
  if (error instanceof SignalboxError && error.kind === "full") return { reason: error.line };
  throw error;
}
