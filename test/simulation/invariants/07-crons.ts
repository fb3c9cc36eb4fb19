/** Promise 7 of crons: what is due by the server's clock is fired soon, and none waits for a time that only a wrong clock had reckoned. */
import { cronState } from "../../../src/domain/cron.ts";
import { periodOf } from "../owner.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const LOOKS_EVERY_MS = 5_000;
/** For beats, ticks, commits, and what was under way while the disk failed. */
const SLACK_MS = 30_000;
/** A clock that is set back by less only goes slowly. */
const SET_BACK_MS = 60_000;

export const cronsKeepTime: MakeInvariant = ({ disk, server, time, uptime }) => {
  /** Healthy time since which a cron is behind its clock, or too far ahead of it. */
  const since = new Map<string, number>();
  let lookedAt = 0;

  function look(): void {
    const now = time.now + server.wall.offset;
    for (const cron of disk.rows.crons.values()) {
      const { nextAt, expression } = cron.actor.context;
      const isWell =
        cronState(cron) === "paused" ||
        (nextAt !== null && nextAt > now && nextAt <= now + periodOf(expression) + SET_BACK_MS);
      if (isWell) since.delete(cron.id);
      else if (!since.has(cron.id)) since.set(cron.id, uptime.ms);
      if (uptime.ms - (since.get(cron.id) ?? uptime.ms) > SLACK_MS)
        throw new Broken(
          7,
          `${cron.id} is due at ${new Date(nextAt ?? 0).toISOString()}, and it is ${new Date(now).toISOString()}`,
        );
    }
  }

  return {
    promise: 7,
    title: "crons keep the time of the server's clock",
    sees() {},
    stepped() {
      if (time.now - lookedAt < LOOKS_EVERY_MS) return;
      lookedAt = time.now;
      look();
    },
  };
};
