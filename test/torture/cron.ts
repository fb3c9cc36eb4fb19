/**
 * A cron that is due each second, through all that is done to the server: each of its times must have made one event, and none is
 * missing. Nobody serves its lane, so that its events stay where they can be counted. No owner can ask for a second: it is
 * put into the store while no server runs.
 */
import { z } from "zod";
import { newCron } from "../../src/actors/cron-step.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";

export const CRON_LANE = laneOfTag("crons");

const SECOND = 1_000;

export async function plantCron(path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  try {
    const [account] = await store.accounts();
    if (account === undefined) throw new Error(`the store ${path} has no account`);
    const at = Date.now();
    const record = newCron(
      {
        id: `cron_${"0".repeat(26)}`,
        account: account.id,
        label: null,
        prompt: "/catchup",
        lane: CRON_LANE,
        priority: "normal",
        options: null,
        createdAt: at,
      },
      {
        expression: "* * * * * *",
        timezone: "UTC",
        misfire: "all",
        overlap: "queue",
        maxLatenessMs: null,
        at,
      },
    );
    await store.commit([{ kind: "cron", record }]);
  } finally {
    await store.close();
  }
}

const Fired = z.array(z.object({ at: z.number() }));
const Next = z.object({ at: z.number() });

export interface CronKept {
  /** The times that its events were made for. */
  fired: number[];
  /** What it would have fired next. */
  nextAt: number;
}

export function readCron(path: string): CronKept {
  const db = openDatabase({ path });
  try {
    const fired = db.prepare(
      "SELECT json_extract(details, '$.due.at') AS at FROM events WHERE origin = 'cron' ORDER BY seq",
    );
    const next = db.prepare("SELECT next_at AS at FROM crons");
    return { fired: Fired.parse(fired.all()).map(({ at }) => at), nextAt: Next.parse(next.get()).at };
  } finally {
    db.close();
  }
}

/** What should not be, a line each. */
export function cronProblems({ fired, nextAt }: CronKept): string[] {
  const [first] = fired;
  if (first === undefined) return ["the cron never fired"];
  const text = (time: number) => new Date(time).toISOString();
  const times = new Set(fired);
  const due = Array.from({ length: Math.round((nextAt - first) / SECOND) }, (_, i) => first + i * SECOND);
  return [
    ...fired
      .filter((time, i) => fired.indexOf(time) !== i)
      .map((time) => `the cron fired twice for ${text(time)}`),
    ...due
      .filter((time) => !times.has(time))
      .map((time) => `the cron is done with ${text(time)}, and made no event`),
  ];
}
