/** Messages between sessions. */
import type { Mutant } from "./mutant.ts";

const SERVICE = "src/services/messages.ts";

export const MESSAGES: readonly Mutant[] = [
  {
    name: "messages are shown to who takes none",
    breaks: 9,
    file: "src/actors/matching.ts",
    find: "const heads = await this.#work.heads(account, lane, able.messaging);",
    replace: "const heads = await this.#work.heads(account, lane, true);",
  },
  {
    name: "a message in hand stays with who takes none any more",
    breaks: 9,
    file: "src/services/reception.ts",
    find: 'facts.lane === lane && (messaging || facts.origin !== "message");',
    replace: "facts.lane === lane && (messaging || facts.lane === lane);",
  },
  {
    name: "hops are not counted",
    breaks: 9,
    file: "src/services/origin.ts",
    find: "Math.max(-1, ...led.map(({ facts }) => facts.details?.hops ?? 0)) + 1",
    replace: "led.length === 0 ? 0 : 1",
  },
  {
    name: "a message whose answer was lost is doubled",
    breaks: 6,
    file: SERVICE,
    find: "deliveryId: deliveryIdOf(id, requestId, lane),",
    replace: "deliveryId: null,",
  },
  {
    name: "messages are sent before they are stored",
    breaks: 1,
    file: "src/services/events.ts",
    find: "    const result: Appended =\n",
    replace:
      '    if (facts.origin === "message") { void append({ stepped: birth(facts, { ...input, delayMs }, now), content }).catch(() => {}); return { status: "queued", id: facts.id }; }\n    const result: Appended =\n',
  },
  {
    name: "a message that nobody here takes holds up its lane",
    breaks: 3,
    file: "src/actors/matching.ts",
    find: "const heads = await this.#work.heads(account, lane, able.messaging);",
    replace:
      'const first = (await this.#work.heads(account, lane, true)).slice(0, 1); const heads = first.filter(({ facts }) => able.messaging || facts.origin !== "message");',
  },
];
