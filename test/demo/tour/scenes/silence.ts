import { requires, type Scene, showings } from "../scene.ts";

export const silence: Scene = {
  title: "A silence: reminded, timed out, and delivered again",
  async play(stage, { deploys }) {
    stage.plan("deploys", ({ delivery }) => (delivery === 1 ? { ends: "never-acks" } : {}));
    const id = await stage.webhook(await stage.source("silent", { tag: "deploys" }));
    const { attempts, delivery } = await stage.until(id, "acked");
    requires(
      attempts === 1 && delivery === 2,
      "the first delivery counts as an attempt, the second was acked",
    );
    requires(showings(deploys, id) >= 2, "Claude was shown the event again");
    const again = deploys.transcript.read.findLast((text) => text.includes(`Signalbox event ${id}`)) ?? "";
    stage.says(
      `nobody acked ${id} in time, so it came back: "${/\(delivery 2[^)]*\)/.exec(again)?.[0] ?? ""}"`,
    );
    stage.says("the second delivery was acked");
    stage.plan("deploys", {});
  },
};
