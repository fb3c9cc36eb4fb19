/** Who looks whether what waits can be served, and when what is said of a lane counts. */
import type { Mutant } from "./mutant.ts";

const HOST = "src/actors/host.ts";
const TICK = "src/actors/tick.ts";
const SESSIONS = "src/services/sessions.ts";
const LANES = "src/services/lanes.ts";

export const SERVED: readonly Mutant[] = [
  {
    name: "nobody looks at a lane when a session leaves it",
    breaks: 3,
    file: TICK,
    find: "return this.#lookAt(effect.record.account, effect.lane, true);",
    replace: "return;",
  },
  {
    name: "nobody looks for what a failing store has kept",
    breaks: 3,
    file: HOST,
    find: 'if (priority === "interrupt" && this.#parts.roster.serves(account, lane)) this.look(account, lane);',
    replace: "void priority;",
  },
  {
    name: "who becomes free is not looked at",
    breaks: 3,
    file: SESSIONS,
    find: "if (presence.ready || mayStop) host.match(account, live.lane);",
    replace: "if (mayStop) host.match(account, live.lane);",
  },
  {
    name: "who is welcomed is not looked at",
    breaks: 3,
    file: SESSIONS,
    find: "this.#parts.host.look(live.account, live.lane);",
    replace: "",
  },
  {
    name: "a lane in which a claim lost is forgotten",
    breaks: 3,
    file: "src/actors/conclusion.ts",
    find: "done.lanes.push({ ...placeOf(record), tries, urgent: true });",
    replace: "void placeOf;",
  },
  {
    name: "what is kept for a session waits for it though it is gone",
    breaks: 3,
    file: "src/actors/matching.ts",
    find: 'if (record?.kind !== "session" || !isThere(record, event.facts.lane)) return true;',
    replace: 'if (record?.kind !== "session") return true;',
  },
  {
    name: "nobody looks at a lane that is to go on",
    breaks: 3,
    file: "src/signalbox.ts",
    find: "if (changed.paused === null) host.look(changed.account, changed.lane);",
    replace: "",
  },
  {
    name: "a pause is told though it may not be stored",
    breaks: 3,
    file: LANES,
    find: "      await stored;\n",
    replace: "",
  },
  {
    name: "a pause counts from its word on, not from its storage",
    breaks: 3,
    file: LANES,
    find: "      await stored.catch(() => {});\n",
    replace: "",
  },
  {
    name: "a pause does not wait for who has looked before",
    breaks: 3,
    file: LANES,
    find: "await this.#changed(settings);",
    replace: "void this.#changed(settings);",
  },
  {
    name: "copies that a crash has swallowed are not made up for",
    breaks: 1,
    file: "src/services/fanout.ts",
    find: 'const owed = accepted.status === "duplicate" ? await copiesOf(parts, id) : others;',
    replace: 'const owed = accepted.status === "duplicate" ? (void copiesOf, []) : others;',
  },
];
