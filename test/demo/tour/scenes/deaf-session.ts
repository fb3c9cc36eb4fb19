import { until } from "../../../world/until.ts";
import { requires, type Scene, showings } from "../scene.ts";

export const deafSession: Scene = {
  title: "A deaf session: connected, but nothing that is sent to it reaches its conversation",
  async play(stage) {
    const deaf = await stage.session("night", { hooks: false });
    const night = await stage.source("night", { tag: "night" });
    await until(
      async () => (await stage.sessions()).some(({ lane }) => lane === "tag:night"),
      "the session that is deaf to connect",
    );
    const id = await stage.webhook(night);
    const found = await until(
      async () => (await stage.sessions()).find(({ state }) => state === "deaf"),
      "the deaf session to be found",
    );
    requires(showings(deaf, id) === 0, "the deaf session showed nothing");
    stage.says(`found, and named with the cure: ${found.cure}`);
    await stage.session("night");
    const { attempts } = await stage.until(id, "acked");
    requires(attempts === 0, "what nobody saw costs no attempt");
    stage.says(`${id} went to another session of the lane, and is acked; it has cost none of its attempts`);
  },
};
