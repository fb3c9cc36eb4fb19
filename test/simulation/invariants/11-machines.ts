/**
 * Promise 11: what is stored is a state that the machine can be in: with exactly the timers of that state, with a claim
 * exactly where it has one, and with counters that only grow.
 */
import type { AnyStateMachine } from "xstate";
import { ENDED, type EventRecord, eventState } from "../../../src/domain/event.ts";
import {
  type ActorState,
  actorStateSchema,
  dotted,
  isExpiry,
} from "../../../src/domain/machines/actor-state.ts";
import { CronContext, cronMachine } from "../../../src/domain/machines/cron.ts";
import { EventContext, eventMachine } from "../../../src/domain/machines/event.ts";
import { SessionContext, sessionMachine } from "../../../src/domain/machines/session.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const EventActor = actorStateSchema(eventMachine, EventContext);
const CronActor = actorStateSchema(cronMachine, CronContext);
const SessionActor = actorStateSchema(sessionMachine, SessionContext);

/** By machine and state: there are few. */
const known = new Map<string, readonly string[]>();

/** The ids of the timers that run in this state, as XState names them. */
function timersIn(machine: AnyStateMachine, value: ActorState<unknown>["value"]): readonly string[] {
  const key = `${machine.id} ${dotted(value)}`;
  const ids = known.get(key) ?? timersOf(machine, dotted(value));
  known.set(key, ids);
  return ids;
}

function timersOf(machine: AnyStateMachine, path: string): string[] {
  const ids: string[] = [];
  let node = machine.root;
  for (const name of path.split(".")) {
    const inner = node.states[name];
    if (inner === undefined) break;
    node = inner;
    ids.push(...node.after.map(({ delay }) => `xstate.after.${String(delay)}.${node.id}`));
  }
  return [...new Set(ids)].sort();
}

export const machines: MakeInvariant = ({ limits }) => {
  function mustFit(
    name: string,
    machine: AnyStateMachine,
    actor: ActorState<unknown>,
    { fits, expires, kept }: { fits: boolean; expires: boolean; kept: boolean },
  ): void {
    if (!fits) throw new Broken(11, `the stored ${name} is none that its machine can make`);
    const running = actor.timers.map(({ id }) => id).sort();
    const wanted = timersIn(machine, actor.value).filter(
      (id) => (expires || !isExpiry({ id })) && (kept || !id.startsWith("xstate.after.keep.")),
    );
    if (running.join() !== wanted.join())
      throw new Broken(
        11,
        `${name} in ${dotted(actor.value)} has timers ${running.join()}; its state has ${wanted.join()}`,
      );
  }

  function mustFollow(before: EventRecord, after: EventRecord): void {
    const [then, now] = [before.actor.context, after.actor.context];
    const { id } = after.facts;
    if (before.facts !== after.facts && JSON.stringify(before.facts) !== JSON.stringify(after.facts))
      throw new Broken(11, `the facts of ${id} changed`);
    // What another has superseded has left its place to that one.
    const moved = after.seq !== before.seq && eventState(after) !== "superseded";
    if (after.rev !== before.rev + 1 || moved) throw new Broken(11, `${id} was written past its revision`);
    if (now.delivery < then.delivery || now.attempts < then.attempts || now.attempts > then.attempts + 1)
      throw new Broken(
        11,
        `the counters of ${id} went from ${then.delivery}, ${then.attempts} to ${now.delivery}, ${now.attempts}`,
      );
    const from = eventState(before);
    if (ENDED.includes(from) && eventState(after) !== from)
      throw new Broken(11, `${id} had ended as ${from}`);
  }

  return {
    promise: 11,
    title: "every state is a machine's",
    sees(happening) {
      if (happening.kind === "session") {
        const { id, actor } = happening.after;
        mustFit(`session ${id}`, sessionMachine, actor, {
          fits: SessionActor.safeParse(actor).success,
          expires: false,
          kept: false,
        });
      }
      if (happening.kind === "cron") {
        const { before, after } = happening;
        mustFit(after.id, cronMachine, after.actor, {
          fits: CronActor.safeParse(after.actor).success,
          expires: false,
          kept: false,
        });
        const [then, now] = [before?.actor.context, after.actor.context];
        if (then !== undefined && (now.fired < then.fired || now.missed < then.missed))
          throw new Broken(11, `${after.id} has fired or missed less often than before`);
      }
      if (happening.kind !== "event") return;
      const { before, after } = happening;
      const { id } = after.facts;
      mustFit(id, eventMachine, after.actor, {
        fits: EventActor.safeParse(after.actor).success,
        expires: after.facts.details?.expiresAt !== undefined,
        kept: after.actor.context.keptFor !== null,
      });
      const { claim, delivery, attempts } = after.actor.context;
      const inHand = ["dispatching", "delivered"].includes(eventState(after));
      if (inHand !== (claim !== null))
        throw new Broken(11, `${id} is ${eventState(after)} with the wrong claim`);
      if (claim !== null && claim.delivery !== delivery)
        throw new Broken(11, `the claim of ${id} is of another delivery`);
      if (attempts > limits.maxAttempts) throw new Broken(11, `${id} has ${attempts} attempts`);
      if (before !== null) mustFollow(before, after);
    },
  };
};
