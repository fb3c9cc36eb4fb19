/**
 * Promise 9, of messages between sessions: they cross no account, are shown to nobody who takes none, and lead no further than
 * so many hops from what came from outside.
 */
import { MOST_HOPS } from "../../../src/domain/message.ts";
import type { Happening, Reader } from "../happening.ts";
import type { WireSeen } from "../network/wire-seen.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const messages: MakeInvariant = ({ disk, time }) => {
  /** Streams whose Hello said that it takes none. */
  const silent = new WeakSet<WireSeen>();
  /** By event and delivery: when it was given to whoever has it. */
  const givenAt = new Map<string, number>();
  /** By text, which is another each time: the events that it was stored as. */
  const stored = new Map<string, string>();

  /** What led to a replay may have been removed meanwhile. */
  const record = (id: string) => (disk.rows.events.get(id) ?? disk.rows.removed.get(id))?.seen;
  const hopsOf = (id: string) => record(id)?.facts.details?.hops ?? 0;

  function written({ before, after, content }: Extract<Happening, { kind: "event" }>): void {
    const { id, account, lane, origin, details } = after.facts;
    const { hops = 0, cause, replyTo } = details ?? {};
    const { claim } = after.actor.context;
    if (claim !== null && claim.delivery !== before?.actor.context.claim?.delivery)
      givenAt.set(`${id} ${claim.delivery}`, time.now);
    if (hops > MOST_HOPS) throw new Broken(9, `${id} is ${hops} hops from what came from outside`);
    if (before !== null || origin !== "message" || content === null) return;
    for (const other of [cause, replyTo]) {
      if (other === undefined) continue;
      if (record(other)?.facts.account !== account)
        throw new Broken(9, `${id} goes back to ${other}, which is another account's`);
      if (hops <= hopsOf(other)) throw new Broken(9, `${id} is no further than ${other}, which led to it`);
    }
    // One for each session is one a session (`06-known-deliveries.ts`).
    if (details?.replayOf !== undefined || details?.copyOf !== undefined) return;
    const key = `${account} ${lane} ${content.payload}`;
    const twin = stored.get(key);
    if (twin !== undefined) throw new Broken(6, `${id} and ${twin} are the same message`);
    stored.set(key, id);
  }

  function sent({ by, id, lane, during, askedAt }: Extract<Happening, { kind: "sent" }>): void {
    const mine = record(id);
    if (mine?.facts.account !== by.account || mine.facts.lane !== lane)
      throw new Broken(9, `${by.client} is told of ${id}, which is not what it sent`);
    mustBeFurther(id, by, during, askedAt);
  }

  function mustBeFurther(id: string, by: Reader, during: string | null, askedAt: number): void {
    // Still in the hands that sent the message: it led to it.
    const event = during === null ? undefined : record(during);
    const holder = event?.actor.context.claim?.session;
    if (event === undefined || holder === undefined) return;
    const session = disk.rows.sessions.get(`${by.account} ${holder}`)?.seen;
    if (session?.actor.context.instance !== by.instance) return;
    // What had gone back for silence, and came again while this was under way, is no reason for it that anybody could tell.
    const { delivery } = event.actor.context;
    if ((givenAt.get(`${event.facts.id} ${delivery}`) ?? 0) > askedAt) return;
    // Whoever tries again is told of what its first try has made, before this event came.
    if ((record(id)?.facts.receivedAt ?? 0) < event.actor.context.deliveredAt) return;
    if (hopsOf(id) <= hopsOf(event.facts.id))
      throw new Broken(9, `${id} was made because of ${during}, and does not know it`);
  }

  return {
    promise: 9,
    title: "messages reach whom they are for",
    sees(happening) {
      switch (happening.kind) {
        case "event":
          return written(happening);
        case "sent":
          return sent(happening);
        case "ran":
          return mustBeFurther(happening.id, happening.by, happening.during, happening.askedAt);
        case "heard": {
          const { wire, frame } = happening;
          if (frame.case === "hello" && frame.value.messaging === false) silent.add(wire);
          return;
        }
        case "said": {
          const { wire, frame } = happening;
          const eventId = givenBy(frame)?.eventId;
          if (eventId === undefined || !silent.has(wire)) return;
          if (record(eventId)?.facts.origin === "message")
            throw new Broken(9, `${wire.session}, which takes no messages, is given ${eventId}`);
          return;
        }
        default:
          return;
      }
    },
  };
};

/** What the session has by this frame, or keeps. */
function givenBy(frame: Extract<Happening, { kind: "said" }>["frame"]) {
  switch (frame.case) {
    case "deliver":
      return frame.value.of;
    case "welcome":
      return frame.value.keep;
    default:
      return undefined;
  }
}
