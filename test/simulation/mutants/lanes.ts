/** What becomes of an event while it waits. */
import type { Mutant } from "./mutant.ts";

const EVENT = "src/domain/machines/event.ts";
const CONDITIONS = "src/domain/machines/event-conditions.ts";

export const LANES: readonly Mutant[] = [
  {
    name: "the older waits on beside what took its place",
    breaks: 4,
    file: "src/actors/store-new.ts",
    find: "superseded === undefined ? {} : { supersedes: superseded.record };",
    replace: "{};",
  },
  {
    name: "a full lane doesn't ask whether it knows a delivery",
    breaks: 6,
    file: "src/services/admission.ts",
    find: "deliveryId === null ? null : await store.known(account, sourceId, deliveryId);",
    replace: "null;",
  },
  {
    name: "what was handed over once may be replaced",
    breaks: 4,
    file: "src/services/coalescing.ts",
    find: "actor.context.delivery === 0 && ",
    replace: "",
  },
  {
    name: "other matters coalesce",
    breaks: 4,
    file: "src/domain/coalescing.ts",
    find: "return { key: `${sourceId} ${value}`,",
    replace: "return { key: `${sourceId} ${value.length}`,",
  },
  {
    name: "who is stood for is forgotten",
    breaks: 4,
    file: "src/services/coalescing.ts",
    find: "(older.facts.details?.standsFor ?? 1) + (details?.standsFor ?? 1)",
    replace: "2",
  },
  {
    name: "what was delayed waits by the server's uptime",
    breaks: 7,
    file: "src/actors/step.ts",
    find: "const runs = waits || isExpiry(raise)",
    replace: "const runs = isExpiry(raise)",
  },
  {
    name: "nothing expires",
    breaks: 7,
    file: CONDITIONS,
    find: "expiry: ({ context, event }: Step) => untilExpiry(context, event.at),",
    replace: "expiry: ({ context, event }: Step) => untilExpiry(context, event.at) + 600_000,",
  },
  {
    name: "what is in hand expires",
    breaks: 7,
    file: EVENT,
    find: 'after: { hold: giveBack("held_too_long") },',
    replace: 'after: { hold: giveBack("held_too_long"), ...expires },',
  },
  {
    name: "a paused lane goes on",
    breaks: 3,
    file: "src/services/lanes.ts",
    find: "return (await this.#of(account, lane))?.paused != null;",
    replace: "return (await this.#of(account, lane))?.paused?.by === account;",
  },
  {
    name: "whoever had a turn has the next one, too",
    breaks: 3,
    file: "src/domain/turns.ts",
    find: "{ last: turn, person: false };",
    replace: '{ last: "", person: false };',
  },
  {
    name: "each session goes round by itself",
    breaks: 3,
    file: "src/actors/turn-taking.ts",
    find: "await this.#first(queueOf(head), this.#asOfNow.shared(queueOf(head)), asking);",
    replace: "await this.#first(queueOf(head), own, asking);",
  },
  {
    name: "the last of a source has its turn",
    breaks: 3,
    file: "src/actors/unit-of-work.ts",
    find: "const stored = await this.#store.turns(queue, from, limit);",
    replace: "const stored = (await this.#store.turns(queue, from, limit + 1)).reverse();",
  },
];
