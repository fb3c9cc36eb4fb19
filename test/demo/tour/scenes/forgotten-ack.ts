import { requires, type Scene } from "../scene.ts";

export const forgottenAck: Scene = {
  title: "A forgotten ack: caught when Claude's turn ends",
  async play(stage, { deploys }) {
    stage.plan("deploys", { ends: "forgets" });
    const id = await stage.webhook(await stage.source("forgotten", { tag: "deploys" }));
    await stage.until(id, "acked");
    const blocked = deploys.transcript.of("stop-blocked").find(({ reason }) => reason.includes(id));
    requires(blocked !== undefined, "the end of the turn was held up for the event");
    stage.says(`Claude was about to end its turn; the Stop hook said: ${firstSentence(blocked.reason)}`);
    stage.says(`${id} is acked`);
    stage.plan("deploys", {});
  },
};

const firstSentence = (text: string): string => /^.*?[.!:](?=\s|$)/s.exec(text)?.[0] ?? text;
