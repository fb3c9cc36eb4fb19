/** Clawback's own plugin as a client. */
import type { Mutant } from "./mutant.ts";

const ROOM = "src/clawback";
const CONNECTION = `${ROOM}/connection.ts`;

export const CLAWBACK: readonly Mutant[] = [
  {
    name: "what clawback's timer says is a success",
    breaks: 4,
    file: `${ROOM}/acks.ts`,
    find: "if (soundsLikeTimer(summary) && isTimers(hand.heldMs(of))) {",
    replace: "if (soundsLikeTimer(summary) && wireId.length === 0) {",
  },
  {
    name: "what clawback's timer has said offline is a success",
    breaks: 4,
    file: `${ROOM}/silence.ts`,
    find: "heldMs === null || heldMs >=",
    replace: "heldMs !== null && heldMs >=",
  },
  {
    name: "an ack of clawback's plugin counts for the last delivery",
    breaks: 14,
    file: `${ROOM}/acks.ts`,
    find: "  const of = deliveryOf(wireId);\n",
    replace:
      "  const named = deliveryOf(wireId);\n  const now = named === null ? null : await store.event(named.eventId);\n  const of = named === null || now === null ? named : { ...named, delivery: now.actor.context.delivery };\n",
  },
  {
    name: "clawback's plugin is sent the next to be buffered",
    breaks: 2,
    file: CONNECTION,
    find: "    this.#hand.take(of);\n",
    replace:
      '    this.#hand.take(of);\n    this.#write({ type: "event", id: wireIdOf({ ...of, delivery: of.delivery + 1 }), content, meta });\n',
  },
  {
    name: "clawback's plugin has something in hand for ever once it has acked",
    breaks: 3,
    file: CONNECTION,
    find: "if (acked !== null && this.#hand.drop(acked.of) && !acked.next) this.#free(true);",
    replace: "if (acked !== null) this.#hand.drop(acked.of);",
  },
  {
    name: "a plugin of clawback's that is silent stays",
    breaks: 7,
    file: CONNECTION,
    find: "      onSilent: () => this.failed(silentLink()),",
    replace: "      onSilent: () => void silentLink,",
  },
  {
    name: "clawback's plugin is let in to lanes that its token does not reach",
    breaks: 9,
    file: `${ROOM}/entrance.ts`,
    find: "  requireLane(token, lane);\n",
    replace: "  void requireLane;\n",
  },
];
