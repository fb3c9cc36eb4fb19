/** The plugin's core. */
import type { Mutant } from "./mutant.ts";

const CORE = "plugin/src/core";

export const PLUGIN: readonly Mutant[] = [
  {
    name: "the hand is not told in Hello",
    breaks: 5,
    file: `${CORE}/hello.ts`,
    find: "...(hand.event !== null && { inHand: toWire(hand.event) }),",
    replace: "",
  },
  {
    name: "old streams are obeyed",
    breaks: 5,
    file: `${CORE}/link.ts`,
    find: "if (this.#stream === stream) act();",
    replace: "act();",
  },
  {
    name: "every copy is let in",
    breaks: 5,
    file: `${CORE}/hooks/hooks.ts`,
    find: "if (surfaced || !copy.alone) return NOTHING;",
    replace: "if (surfaced || copy.alone) return NOTHING;",
  },
  {
    name: "what was sent counts as seen",
    breaks: 13,
    file: `${CORE}/showing.ts`,
    find: "client.channel(event.content, event.meta);",
    replace: 'client.channel(event.content, event.meta); this.#parts.hand.noteSurfaced("channel");',
  },
  {
    name: "acks are not kept",
    breaks: 4,
    file: `${CORE}/outbox.ts`,
    find: "if (this.find(ack) === null) memory.unconfirmed.push(ack);",
    replace: "void memory;",
  },
  {
    name: "Claude is told that it is done at once",
    breaks: 4,
    file: `${CORE}/tools/event-ack.ts`,
    find: "if (acked === null) return unconfirmed(ack, kept);",
    replace: "if (acked === null) return kept ? answer(`${ack.eventId} is done.`) : unconfirmed(ack, kept);",
  },
];
