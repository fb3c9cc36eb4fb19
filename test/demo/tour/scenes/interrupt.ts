import type { ClaudeTurn, ToolAnswer } from "../../../standin/claude-script.ts";
import type { SeenEvent } from "../../../standin/seen-event.ts";
import { requires, type Scene } from "../scene.ts";

/** One tool call after the other, until one is denied or all are done. */
const STEPS = 40;
const STEP_MS = 150;

async function worksLong(event: SeenEvent, turn: ClaudeTurn): Promise<ToolAnswer | undefined> {
  for (let step = 1; step <= STEPS; step++) {
    const done = await turn.useTool("Bash", { command: `step ${step} of ${event.id}` }, STEP_MS);
    if (done.outcome === "denied") return done;
  }
  return undefined;
}

export const interrupt: Scene = {
  title: "An interrupt: stops what runs at its next tool call; the stopped event comes back behind it",
  async play(stage, { deploys }) {
    const long = await stage.source("migration", { tag: "deploys" });
    const urgent = await stage.source("pager", { tag: "deploys", priority: "interrupt" });
    stage.plan("deploys", (event) =>
      event.delivery === 1 && event.text.includes("from source migration") ? { work: worksLong } : {},
    );
    const running = await stage.webhook(long);
    await stage.until(running, "delivered");
    await deploys.transcript.until(() =>
      deploys.transcript.of("tool-call").some(({ input }) => input.command === `step 2 of ${running}`),
    );
    const id = await stage.webhook(urgent);
    await stage.until(id, "acked");
    const denied = deploys.transcript.of("tool-answer").find(({ outcome }) => outcome === "denied");
    requires(denied !== undefined, "the next tool call was denied");
    stage.says(
      `Claude was at work on ${running}; its next tool call was denied: ${denied.text.split("\n")[0]}`,
    );
    stage.says(`the interrupt ${id} is acked`);
    await stage.until(running, "acked");
    const again = deploys.transcript.read.findLast((text) =>
      text.includes(`Signalbox event ${running} (delivery 2`),
    );
    requires(again !== undefined, "the stopped event came back");
    stage.says(`${/\(delivery 2[^)]*\)/.exec(again)?.[0] ?? ""}: it came back, and is acked`);
    stage.plan("deploys", {});
  },
};
