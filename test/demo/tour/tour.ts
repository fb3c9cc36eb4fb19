/** The tour: what happens to events, scene by scene, in real processes. */
import type { Scene } from "./scene.ts";
import { cron } from "./scenes/cron.ts";
import { deadLetter } from "./scenes/dead-letter.ts";
import { deafSession } from "./scenes/deaf-session.ts";
import { forgottenAck } from "./scenes/forgotten-ack.ts";
import { interrupt } from "./scenes/interrupt.ts";
import { messages } from "./scenes/messages.ts";
import { silence } from "./scenes/silence.ts";
import { targetedSource } from "./scenes/targeted-source.ts";
import { Stage } from "./stage.ts";

export const SCENES: readonly Scene[] = [
  targetedSource,
  cron,
  messages,
  interrupt,
  forgottenAck,
  silence,
  deafSession,
  deadLetter,
];

/** Rejects with the first thing that was not to be seen. */
export async function tour(print: (line: string) => void, scenes = SCENES): Promise<void> {
  const startedAt = performance.now();
  print(
    "Signalbox tour: a server, the plugin and stand-ins for Claude Code, in a folder and on ports of their own.",
  );
  const stage = await Stage.open(print);
  try {
    const [deploys, oncall] = await Promise.all([stage.session("deploys"), stage.session("oncall")]);
    await Promise.all([stage.untilWaiting("tag:deploys"), stage.untilWaiting("tag:oncall")]);
    for (const [i, scene] of scenes.entries()) {
      stage.scene(`${i + 1}/${scenes.length}  ${scene.title}`);
      await scene.play(stage, { deploys, oncall });
    }
    print(
      `\n${scenes.length} of ${scenes.length} scenes were seen, in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`,
    );
  } finally {
    await stage.close();
  }
}
