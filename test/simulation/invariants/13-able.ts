/**
 * Promise 13: who did not surface an event gets none until he shows life, and what nobody saw costs an event none of its
 * attempts.
 */
import { eventState } from "../../../src/domain/event.ts";
import type { Happening } from "../happening.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** Announced, and not taken: so often in a row. */
const MISSES = 3;
/** For a commit, on a disk that is well. */
const UNDER_WAY_MS = 50;
/** What a failing disk has swallowed is not held against the code for so long. */
const PARDON_MS = 10_000;

export const connectedIsNotAble: MakeInvariant = (world) => {
  const { disk, time, serverTime } = world;
  const { sessions } = world;
  const reached = new Set<string>();
  const misses = new Map<string, { count: number; instance: string }>();
  const deaf = new Set<string>();
  let trouble = Number.NEGATIVE_INFINITY;

  function forgive(key: string): void {
    misses.delete(key);
    deaf.delete(key);
  }

  function written({ before, after }: Extract<Happening, { kind: "event" }>): void {
    if (before === null) return;
    const { id, account } = after.facts;
    const { claim, delivery, attempts } = before.actor.context;
    const now = after.actor.context;
    if (now.attempts > attempts) {
      // That an ack was said is promise 4's.
      const acked = now.settledAt !== before.actor.context.settledAt && now.outcome !== null;
      if (!acked && !reached.has(`${id} ${delivery}`))
        throw new Broken(13, `delivery ${delivery} of ${id}, which nobody saw, costs it an attempt`);
    }
    const given = now.claim === null || now.delivery > delivery;
    if (claim === null || !given || now.reason !== "unseen" || eventState(before) !== "dispatching") return;
    const key = `${account} ${claim.session}`;
    const instance = sessions.of(account, claim.session)?.instance ?? "";
    const count = (misses.get(key)?.count ?? 0) + 1;
    misses.set(key, { count, instance });
    const surface = claim.hooks && !claim.surfaced;
    // A sign of life that came while this was being committed counts right after it.
    const lives = sessions.of(account, claim.session)?.lives.at(-1) ?? 0;
    if (serverTime.ms - lives < UNDER_WAY_MS) return;
    if (surface || !claim.hooks || count >= MISSES) deaf.add(key);
  }

  function heard({ wire, frame }: Extract<Happening, { kind: "heard" }>): void {
    const session = sessions.ofWire(wire);
    if (session?.wire !== wire) return;
    const key = [...misses.keys()].find((name) => sessions.ofWire(wire) === sessions.of(...split(name)));
    if (key === undefined) return;
    const proof = frame.case === "taken" || (frame.case === "surfaced" && frame.value.way === 1);
    if (proof || (frame.case === "presence" && frame.value.life)) forgive(key);
  }

  return {
    promise: 13,
    title: "connected is not able",
    sees(happening) {
      if (!disk.well || happening.kind === "server") trouble = time.now;
      switch (happening.kind) {
        case "reached":
          reached.add(`${happening.eventId} ${happening.delivery}`);
          return;
        case "event":
          return written(happening);
        case "heard":
          return heard(happening);
        case "said": {
          const { wire, frame } = happening;
          const session = sessions.ofWire(wire);
          const key = [...deaf].find(
            (name) => session !== undefined && sessions.of(...split(name)) === session,
          );
          if (key === undefined) return;
          // The link itself was silent: the session had no chance, and comes back by another.
          if (frame.case === "refused") forgive(key);
          if (frame.case === "welcome" && misses.get(key)?.instance !== session?.instance) forgive(key);
          if (frame.case === "deliver" && deaf.has(key) && time.now - trouble >= PARDON_MS)
            throw new Broken(13, `${wire.session}, which surfaced nothing, is given another event`);
          return;
        }
        default:
          return;
      }
    },
  };
};

function split(key: string): [account: string, session: string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at), key.slice(at + 1)];
}
