import { requires, type Scene, showings } from "../scene.ts";

export const targetedSource: Scene = {
  title: "A source with a tag: its events go to the sessions of that tag, and wait while there is none",
  async play(stage, { deploys, oncall }) {
    const ci = await stage.source("ci", { tag: "deploys" });
    const id = await stage.webhook(ci);
    const { session } = await stage.until(id, "delivered", "acked");
    await stage.until(id, "acked");
    requires(showings(deploys, id) === 1, "deploys was shown the event once");
    requires(showings(oncall, id) === 0, "oncall was not shown it");
    stage.says(
      `${id} for deploys: shown to deploys and acked${session === "" ? "" : " by its session"}; oncall saw nothing of it`,
    );
  },
};
