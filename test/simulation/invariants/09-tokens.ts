/**
 * Promise 9, of who is let in: by a token that was revoked, or that another has replaced, nobody is told anything, and nothing that it has
 * let in stays; one that nobody has ended locks nobody out; and one that is bound to tags reaches no other lane.
 */
import { laneOfTag } from "../../../src/domain/lane.ts";
import type { Call, Happening } from "../happening.ts";
import type { WireSeen } from "../network/wire-seen.ts";
import { type TokenSeen, TokensSeen } from "../tokens/tokens-seen.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** What may still be said to a stream whose token is none any more: that it ends. */
const FAREWELLS: readonly (string | undefined)[] = ["refused", "drain"];
/** Of two that show a new token at once one may be let in a moment before the other has ended what the old one had let in. */
const SOON_MS = 500;
const OF_TOKEN: readonly string[] = ["unauthenticated", "revoked"];

export const tokens: MakeInvariant = (world) => {
  const { disk, network, time } = world;
  const seen = new TokensSeen(world);
  /** Calls by a token that was none any more when they were asked. */
  const lost = new WeakSet<Call>();
  /** Calls by one that was good then. */
  const good = new WeakSet<Call>();

  /** Of tokens that another has replaced. */
  const replacedAt = new Map<string, number>();
  /** Of these, those whose streams were not looked at since. */
  let unlooked: string[] = [];

  const isLongReplaced = (id: string) => time.now - (replacedAt.get(id) ?? time.now) > SOON_MS;
  const isOver = ({ id }: TokenSeen) => seen.revoked.has(id) || isLongReplaced(id);
  const reaches = ({ tags }: TokenSeen, lane: string | undefined) =>
    tags === null || lane === undefined || tags.some((tag) => laneOfTag(tag) === lane);
  const laneOfEvent = (id: string | undefined) => disk.rows.events.get(id ?? "")?.seen.facts.lane;

  function mustBeGone(id: string, how: string): void {
    for (const wire of [...network.wires, ...network.sockets]) {
      const open = wire.session !== null && !wire.server.over && !wire.server.life.over;
      if (open && seen.ofWire(wire)?.id === id)
        throw new Broken(9, `the stream of ${wire.session} stays, whose token ${id} ${how}`);
    }
  }

  function said({ wire, frame }: Extract<Happening, { kind: "said" }>): void {
    const token = seen.ofWire(wire);
    if (token === undefined) return;
    if (frame.case === "refused" && OF_TOKEN.includes(frame.value.code) && seen.isGood(token))
      throw new Broken(9, `${token.id}, which nobody has revoked or replaced, is refused`);
    if (isOver(token) && !FAREWELLS.includes(frame.case))
      throw new Broken(9, `${wire.session} is told ${frame.case} by ${token.id}, which is none any more`);
    if (frame.case === "welcome") mustHaveReplaced(wire);
    if (frame.case === "welcome" && !reaches(token, frame.value.lane))
      throw new Broken(9, `${token.id} is let in to ${frame.value.lane}, and is bound to other tags`);
    if (frame.case === "deliver" && !reaches(token, laneOfEvent(frame.value.of?.eventId)))
      throw new Broken(9, `${frame.value.of?.eventId} is given to ${token.id}, which is bound to other tags`);
  }

  function answered({ call, response, code }: Extract<Happening, { kind: "answered" }>): void {
    const { token, method, request } = call;
    const asker = seen.of(token);
    if (asker === undefined) return;
    if (response === null) {
      if (OF_TOKEN.includes(code) && good.has(call) && seen.isGood(asker))
        throw new Broken(9, `${asker.id}, which nobody has revoked or replaced, is refused ${method}`);
      if (method === "RevokeToken" && code === "unknown_token") mustLeaveNone((request as { id: string }).id);
      return;
    }
    mustHaveReplaced(call);
    const { id: made = "" } = response as { id?: string };
    if (method === "RotateToken" && seen.revoked.has(asker.id) && disk.rows.tokens.has(made))
      throw new Broken(9, `${asker.id} was revoked, and ${made} was made in its place`);
    if (lost.has(call)) throw new Broken(9, `${asker.id} is none any more, and is answered ${method}`);
    if (method === "RevokeToken") {
      const { id } = request as { id: string };
      for (const one of [id, ...seen.successorsOf(id).map((next) => next.id)]) {
        if (disk.rows.tokens.has(one)) throw new Broken(9, `${id} was revoked, and ${one} is still good`);
        mustBeGone(one, "was revoked");
      }
      mustLeaveNone(id);
    }
    if (method === "GetPayload" && !reaches(asker, laneOfEvent((request as { eventId: string }).eventId)))
      throw new Broken(9, `${asker.id} reads an event of a lane that it is not bound to`);
    for (const lane of lanesIn(method, request, response))
      if (!reaches(asker, lane)) throw new Broken(9, `${method} tells ${asker.id} of ${lane}`);
  }

  function mustHaveReplaced(by: WireSeen | Call): void {
    const left = seen.leftBy(by);
    if (left !== null) throw new Broken(9, `${left} is still good, and what replaces it was used`);
  }

  function isReplaced(id: string): void {
    replacedAt.set(id, time.now);
    unlooked.push(id);
  }

  /** Of a token that is gone, as was said just now. */
  function mustLeaveNone(id: string): void {
    for (const { id: unused, replaces } of disk.rows.tokens.values())
      if (replaces === id) throw new Broken(9, `${id} is gone, and ${unused} may still take its place`);
    mustBeGone(id, "is gone");
  }

  return {
    promise: 9,
    title: "tokens let in whom they should",
    sees(happening) {
      if (happening.kind === "calls") {
        const asker = seen.of(happening.call.token);
        if (asker !== undefined && isOver(asker)) lost.add(happening.call);
        if (asker !== undefined && seen.isGood(asker)) good.add(happening.call);
      }
      seen.sees(happening);
      if (happening.kind === "said") said(happening);
      if (happening.kind === "answered") answered(happening);
      for (const id of seen.replaced) if (!replacedAt.has(id)) isReplaced(id);
    },
    stepped() {
      if (!unlooked.some(isLongReplaced)) return;
      for (const id of unlooked.filter(isLongReplaced)) mustBeGone(id, "was replaced");
      unlooked = unlooked.filter((id) => !isLongReplaced(id));
    },
  };
};

/** The lanes that are spoken of; whoever was sent a message may answer it, wherever it came from. */
function lanesIn(method: string, request: unknown, response: unknown): string[] {
  if (method === "ListSessions")
    return (response as { sessions: { lane: string }[] }).sessions.map(({ lane }) => lane);
  if (method !== "SendMessage" || (request as { replyTo?: string }).replyTo) return [];
  const { posted } = response as { posted: { lane: string; eventId: string }[] };
  return posted.filter(({ eventId }) => eventId !== "").map(({ lane }) => lane);
}
