/** The services, and the server's side of the link. */
import type { Mutant } from "./mutant.ts";

const FANOUT = "src/services/fanout.ts";
const RECEPTION = "src/services/reception.ts";

export const SERVICES: readonly Mutant[] = [
  {
    name: "copies that are owed are not waited for",
    breaks: 1,
    file: FANOUT,
    find: "  await Promise.all(\n    owed.map(",
    replace: "  void Promise.allSettled(\n    owed.map(",
  },
  {
    name: "each try makes copies of its own",
    breaks: 6,
    file: FANOUT,
    find: "null), copyId(id, session))),",
    replace: "null), copyId(String(Math.random()), session))),",
  },
  {
    name: "a copy takes the place of another session's",
    breaks: 4,
    file: FANOUT,
    find: "key: `${coalesce.key} ${addressee}`",
    replace: "key: coalesce.key",
  },
  {
    name: "delivery ids are forgotten",
    breaks: 6,
    file: "src/services/events.ts",
    find: "      ...given,\n",
    replace: "      ...given,\n      deliveryId: null,\n",
  },
  {
    name: "every process counts as the same",
    breaks: 5,
    file: RECEPTION,
    find: "const sameProcess = record?.actor.context.instance === instance;",
    replace: "const sameProcess = record !== null;",
  },
  {
    name: "a broken link is not noticed",
    breaks: 7,
    file: "src/services/sessions.ts",
    find: "host.tell(...lossOf(live));",
    replace: "void lossOf;",
  },
  {
    name: "acks are said before they are stored",
    breaks: 4,
    file: "src/services/acks.ts",
    find: "const replies = await host.ask(...acks.map((ack) => ackTold(account, ack)));",
    replace:
      'host.tell(...acks.map((ack) => ackTold(account, ack))); if (acks.length > 0) return acks.map(({ of }) => ({ of, status: "settled", state: "acked", waiting: 0 })); const replies: Reply[] = [];',
  },
  {
    name: "a token stands in the log",
    breaks: 10,
    file: "src/link/connection.ts",
    find: "{ peer: this.#caller.peer, code: refusal.code, reason: refusal.message },",
    replace: "{ peer: this.#caller.peer, code: refusal.code, reason: this.#caller.token },",
  },
  {
    name: "webhook secrets are stored as they are",
    breaks: 10,
    file: "src/services/source-secrets.ts",
    find: "[cipher.seal(added, owner), ...others]",
    replace: "[added, ...others]",
  },
  {
    name: "an event is replayed as often as it is asked for",
    breaks: 6,
    file: "src/services/replays.ts",
    find: "deliveryId: replayDeliveryId(of),",
    replace: "deliveryId: null,",
  },
  {
    name: "what still waits is replayed",
    breaks: 6,
    file: "src/services/replays.ts",
    find: "if (!REPLAYABLE.includes(state)) {",
    replace: 'if (state === "dropped") {',
  },
  {
    name: "a replay shows the marker of the event that it replays",
    breaks: 6,
    file: "src/services/replays.ts",
    find: "content: { ...content, marker: drawMarker(random, content.payload) },",
    replace: "content,",
  },
  {
    name: "what has ended is removed at once",
    breaks: 7,
    file: "src/services/retention.ts",
    find: "until: now - keeping.retentionMs,",
    replace: "until: now - 30_000,",
  },
  {
    name: "nothing is removed",
    breaks: 7,
    file: "src/services/retention.ts",
    find: "until: now - keeping.retentionMs,",
    replace: "until: 0,",
  },
  {
    name: "deliveries are forgotten with their events",
    breaks: 6,
    file: "src/services/retention.ts",
    find: "if (!(await this.#isNeeded(record, now)))",
    replace: "if (now > 0)",
  },
  {
    name: "a copy is forgotten before its event",
    breaks: 6,
    file: "src/services/retention.ts",
    find: "if (details?.copyOf !== undefined) return (await this.#parts.store.event(details.copyOf)) !== null;",
    replace: "if (details?.copyOf !== undefined) return false;",
  },
  {
    name: "anybody is let in",
    breaks: 9,
    file: "src/services/tokens.ts",
    find: "if (token === null) {",
    replace:
      'if (token === null) return { id: "tok_0", account: "acc_0", label: "", hash: "", role: "session", tags: null, createdAt: 0, lastSeenAt: 0, replaces: null };\n    if (token === null) {',
  },
];
