/** The durable host, and the composition that wakes it. */
import type { Mutant } from "./mutant.ts";

const TICK = "src/actors/tick.ts";
const MATCHING = "src/actors/matching.ts";

export const HOST: readonly Mutant[] = [
  {
    name: "accepted before it is stored",
    breaks: 1,
    file: "src/actors/store-new.ts",
    find: 'const [result] = await store.commit([{ kind: "append", record, content, ...supersedes }]);',
    replace:
      'const [result]: WriteResult[] = [{ kind: "stored" }]; store.commit([{ kind: "append", record, content, ...supersedes }]).catch(() => {});',
  },
  {
    name: "effects before their commit",
    breaks: 2,
    file: TICK,
    find: "await this.#parts.store.commit(writes);",
    replace:
      '(this.#parts.store.commit(writes).catch(() => {}), writes.map(() => ({ kind: "stored" }) as const));',
  },
  {
    name: "a write that lost counts",
    breaks: 2,
    file: TICK,
    find: 'results[i]?.kind !== "stored"',
    replace: "results[i] === undefined",
  },
  {
    name: "any of the first two leaves",
    breaks: 3,
    file: "src/actors/unit-of-work.ts",
    find: "const stored = await this.#store.heads(account, lane, limit, messages);",
    replace: "const stored = (await this.#store.heads(account, lane, limit + 1, messages)).reverse();",
  },
  {
    name: "what is kept for a session is given to anybody",
    breaks: 3,
    file: MATCHING,
    find: "if (owner === null || owner === session) return true;",
    replace: "return true;",
  },
  {
    name: "an interrupt interrupts another",
    breaks: 3,
    file: MATCHING,
    find: "  !isInterrupt(running) &&\n",
    replace: "",
  },
  {
    name: "an interrupt stops what is only on its way",
    breaks: 3,
    file: MATCHING,
    find: 'eventState(running) === "delivered" &&',
    replace: 'eventState(running) !== "delivered" &&',
  },
  {
    name: "an interrupt waits for what runs",
    breaks: 3,
    file: MATCHING,
    find: "return urgent ? this.#interrupts(account, lane) : NOTHING;",
    replace: "return NOTHING;",
  },
  {
    name: "an interrupt that waits for a receipt is forgotten",
    breaks: 3,
    file: TICK,
    find: "          this.#look(effect.record, true);\n",
    replace: "          return;\n",
  },
  {
    name: "a whole lane is read for its head",
    breaks: 8,
    file: "src/actors/unit-of-work.ts",
    find: "this.#store.heads(account, lane, limit, messages)",
    replace: "this.#store.heads(account, lane, limit * 10_000, messages)",
  },
  {
    name: "a whole lane is read for one turn",
    breaks: 8,
    file: "src/actors/unit-of-work.ts",
    find: "this.#store.turns(queue, from, limit)",
    replace: "this.#store.turns(queue, from, limit * 10_000)",
  },
  {
    name: "a timer of the process for each stored one",
    breaks: 8,
    file: "src/actors/alarm.ts",
    find: "if (dueAt < this.#wakesAt) this.#set(dueAt - parts.clock.now());",
    replace: "parts.clock.setTimer(dueAt - parts.clock.now(), () => this.#set(0));",
  },
  {
    name: "another account's event may be addressed",
    breaks: 9,
    file: "src/actors/unit-of-work.ts",
    find: 'return record?.kind === "event" && record.facts.account === to.account ? record : null;',
    replace: "return record;",
  },
  {
    name: "a timer that was cancelled still rings",
    breaks: 11,
    file: "src/actors/step.ts",
    find: 'if (type === "xstate.cancel") running.delete((params as { sendId: string }).sendId);',
    replace: "",
  },
  {
    name: "a state is written past its machine",
    breaks: 11,
    file: TICK,
    find: "this.#work.put(stepped.record);",
    replace:
      'this.#work.put(what === "away" ? ({ ...stepped.record, actor: { ...stepped.record.actor, value: "queued" } } as typeof stepped.record) : stepped.record);',
  },
  {
    name: "a source's own deadlines are forgotten",
    breaks: 14,
    file: TICK,
    find: "limitsFor(this.#parts.limits, event.facts.details)",
    replace: "limitsFor(this.#parts.limits, null)",
  },
  {
    name: "a session without hooks has no longer than one with them",
    breaks: 14,
    file: "src/domain/deadlines.ts",
    find: "blindTimeoutMs: Math.max(details.timeoutMs ?? 0, limits.blindTimeoutMs),",
    replace: "blindTimeoutMs: timeoutMs,",
  },
  {
    name: "nobody is waited for after a start",
    breaks: 7,
    file: "src/actors/revival.ts",
    find: "host.ask(...told)",
    replace: "host.ask()",
  },
  {
    name: "timers are not looked at",
    breaks: 7,
    file: "src/actors/alarm.ts",
    find: ".filter(({ dueAt }) => dueAt <= now)",
    replace: ".filter(({ dueAt }) => dueAt + 3_600_000 <= now)",
  },
  {
    name: "spans run on when the clock jumps",
    breaks: 14,
    file: "src/actors/spans.ts",
    find: "this.#owedMs += jump;",
    replace: "",
  },
  {
    name: "deaf sessions are given events",
    breaks: 13,
    file: MATCHING,
    find: 'sessionState(record) === "online"',
    replace: 'sessionState(record) !== "gone"',
  },
];
