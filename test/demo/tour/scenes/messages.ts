import type { StandInProcess } from "../../../standin/standin-process.ts";
import { until } from "../../../world/until.ts";
import { uses } from "../guided-claude.ts";
import { requires, type Scene } from "../scene.ts";
import type { Stage } from "../stage.ts";

export const messages: Scene = {
  title: "Two sessions talk, and one speaks to all",
  async play(stage, { deploys, oncall }) {
    stage.plan("oncall", {
      work: (event, turn) =>
        event.text.includes("Is the pager quiet?")
          ? uses(turn, "session_send", { message: "Quiet. Go ahead.", reply_to: event.id })
          : Promise.resolve(undefined),
    });
    await asks(stage, deploys, { target: "oncall", message: "Is the pager quiet?" });
    const answer = await received(deploys, "Quiet. Go ahead.");
    stage.says(`oncall's answer, as deploys reads it: ${firstLine(answer)}`);
    requires(/answers? .*evt_/i.test(answer), "the answer names the message that it answers");
    stage.plan("oncall", {});
    await asks(stage, deploys, { target: "*", message: "Deploying now." });
    stage.says(`oncall reads: ${firstLine(await received(oncall, "Deploying now."))}`);
    await asks(stage, deploys, { target: "weekend", message: "Look at the graphs on Saturday." });
  },
};

/** The user has Claude send a message; what the tool answers is told. */
async function asks(stage: Stage, session: StandInProcess, input: Record<string, string>): Promise<void> {
  await session.untilIdle();
  const before = session.transcript.of("tool-answer").length;
  await session.prompt(`call session_send ${JSON.stringify(input)}`);
  const answer = await session.transcript.until(() =>
    session.transcript
      .of("tool-answer")
      .slice(before)
      .find(({ tool }) => tool.endsWith("session_send")),
  );
  requires(answer.outcome === "answered", `the message was sent (${answer.text})`);
  stage.says(`deploys sends "${input.message}" to ${input.target}: ${answer.text.split("\n")[0]}`);
}

const received = (session: StandInProcess, words: string): Promise<string> =>
  until(
    () => session.transcript.read.find((text) => text.includes("Signalbox event") && text.includes(words)),
    `"${words}" to be read`,
  );

const firstLine = (text: string): string => text.slice(text.indexOf("Signalbox event")).split("\n")[0] ?? "";
