import { setTimeout as pause } from "node:timers/promises";
import { ControlService, type Cron } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { until } from "../../../world/until.ts";
import { TIMES_FASTER } from "../fast-clock.ts";
import { requires, type Scene } from "../scene.ts";
import { Stage } from "../stage.ts";

const MINUTE_MS = 60_000 / TIMES_FASTER;

/** The default span is twice that of the real one, by a clock that is so much faster. */
const CALM = {
  SIGNALBOX_SURFACE_SECONDS: "600",
  SIGNALBOX_TAKE_SECONDS: "1200",
  SIGNALBOX_REMIND_SECONDS: "1200",
  SIGNALBOX_TIMEOUT_SECONDS: "2400",
  SIGNALBOX_GRACE_SECONDS: "600",
  SIGNALBOX_TIME_ZONE: "Europe/Berlin",
};

export const cron: Scene = {
  title: `A cron each minute, by a clock that is ${TIMES_FASTER} times as fast; the server is down for some of them`,
  async play(tour) {
    const stage = await Stage.open((line) => tour.says(line.trim()), {
      entry: "test/demo/tour/fast-server.ts",
      env: { ...CALM, FAST_SINCE: String(Date.now()) },
    });
    try {
      await stage.session("morning");
      await stage.untilWaiting("tag:morning");
      const made = await stage.control.call(ControlService.method.createCron, {
        schedule: "* * * * *",
        prompt: "/catchup",
        label: "catchup",
        tag: "morning",
      });
      const id = made.cron?.id ?? "";
      tour.says(`made; next: ${made.cron?.next.map(({ local }) => local).join(", ")}`);
      await firings(stage, id, 1);
      tour.says("it has fired, and its event went to the session of its tag");
      await stage.restart("kill9", async () => pause(3 * MINUTE_MS));
      const late = await firings(stage, id, 2);
      requires(late.timesMissed > 0n, "times were missed while the server was down");
      tour.says(
        `the server was down for three of its minutes: ${late.timesMissed} missed, one event for all of them`,
      );
      // One that still waited when the next minute came was taken in by its event.
      const { state } = await stage.until(late.eventId, "acked", "superseded");
      await firings(stage, id, 3);
      await until(async () => (await stage.acked()) >= 2, "the cron's events to be acked");
      tour.says(`that one is ${state}, and the cron goes on: it comes next at ${late.next[0]?.local}`);
    } finally {
      await stage.close();
    }
  },
};

/** The cron, once it has fired so often. */
const firings = (stage: Stage, id: string, times: number): Promise<Cron> =>
  until(async () => {
    const { crons } = await stage.control.call(ControlService.method.listCrons, {});
    const found = crons.find((one) => one.id === id);
    return found !== undefined && found.timesFired >= BigInt(times) && found;
  }, `the cron to fire for the ${times}. time`);
