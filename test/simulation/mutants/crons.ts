/** Crons: their rules, and who fires them. */
import type { Mutant } from "./mutant.ts";

const FIRING = "src/services/firing.ts";

export const CRONS: readonly Mutant[] = [
  {
    name: "a firing has no name of its own",
    breaks: 6,
    file: FIRING,
    find: "= time === null ? null : deliveryIdAt(time),",
    replace: "= null,",
  },
  {
    name: "a cron counts as fired before its event is stored",
    breaks: 1,
    file: FIRING,
    find: "const made = await Promise.all(firings.map((firing) => this.#make(cron, firing)));",
    replace:
      "for (const firing of firings) this.#make(cron, firing).catch(() => {}); const made: string[] = [];",
  },
  {
    name: "nobody looks for crons of a clock that was ahead",
    breaks: 7,
    file: FIRING,
    find: "store.cronsAhead(clock.now() + SET_BACK_MS, AT_ONCE)",
    replace: "(void SET_BACK_MS, [])",
  },
  {
    name: "a paused cron goes on with the time that it had",
    breaks: 7,
    file: "src/domain/machines/cron.ts",
    find: 'resume: { target: "active", actions: "reckon" }',
    replace: 'resume: { target: "active" }',
  },
  {
    name: "what was missed is forgotten",
    breaks: 1,
    file: "src/domain/machines/cron-rules.ts",
    find: '    case "once":\n      return fresh.slice(-1);',
    replace: '    case "once":\n      return fresh.slice(-1).filter((time) => at - time < ON_TIME_MS);',
  },
  {
    name: "what a session runs comes from nowhere",
    breaks: 9,
    file: FIRING,
    find: "Math.max(hops, cron.options?.hops ?? 0)",
    replace: "0",
  },
];
