import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { requires, type Scene } from "../scene.ts";

export const deadLetter: Scene = {
  title: "A dead letter: Claude could not do it; replayed when the cause is mended",
  async play(stage, { deploys }) {
    stage.plan("deploys", { outcome: "failed", summary: "the registry is down" });
    const id = await stage.webhook(await stage.source("release", { tag: "deploys" }));
    const { summary } = await stage.until(id, "dead");
    stage.says(`${id} is dead: "${summary}"`);
    stage.plan("deploys", {});
    await deploys.untilIdle();
    const { replays } = await stage.control.call(ControlService.method.replayEvents, { eventId: id });
    const replay = replays[0]?.replayId ?? "";
    requires(replay !== "" && replay !== id, "the replay is an event of its own");
    await stage.until(replay, "acked");
    stage.says(`replayed as ${replay}, which is acked`);
  },
};
