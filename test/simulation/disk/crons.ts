/** Crons of a simulated store: found by their account, and by when they are due. */
import { type CronRecord, cronState } from "../../../src/domain/cron.ts";
import type { Rows } from "./rows.ts";

const byId = (a: CronRecord, b: CronRecord) => (a.id < b.id ? -1 : 1);

export function cronOf({ crons }: Rows, account: string, id: string): CronRecord | null {
  const found = crons.get(id);
  return found?.account === account ? found : null;
}

export const cronsOf = ({ crons }: Rows, account: string, after: string, limit: number): CronRecord[] =>
  [...crons.values()]
    .filter((cron) => cron.account === account && cron.id > after)
    .sort(byId)
    .slice(0, limit);

export function removeCron({ crons }: Rows, account: string, id: string): boolean {
  return crons.get(id)?.account === account && crons.delete(id);
}

export function dueCrons({ crons }: Rows, until: number, limit: number, passed = 0): CronRecord[] {
  const nextAt = ({ actor }: CronRecord) => actor.context.nextAt ?? Number.POSITIVE_INFINITY;
  return [...crons.values()]
    .filter((cron) => cron.actor.context.nextAt !== null && nextAt(cron) <= until)
    .sort((a, b) => nextAt(a) - nextAt(b))
    .slice(passed, passed + limit);
}

export const cronsAhead = ({ crons }: Rows, moment: number, limit: number): CronRecord[] =>
  [...crons.values()]
    .filter((cron) => cronState(cron) === "active" && cron.actor.context.reckonedAt > moment)
    .slice(0, limit);
