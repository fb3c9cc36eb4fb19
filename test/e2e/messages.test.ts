/** Sessions that speak to each other: the real server, and a real plugin process for each of them. */
import { afterEach, expect, test } from "vitest";
import type { EventPlan, PlanFor } from "../standin/acking-claude.ts";
import type { ClaudeTurn, ToolAnswer } from "../standin/claude-script.ts";
import type { SeenEvent } from "../standin/seen-event.ts";
import type { StandInProcess } from "../standin/standin-process.ts";
import { until } from "../world/until.ts";
import { Scene, showings } from "./scene.ts";

const WAKE = { delivery: "wake" };
/** What a user has allowed once and for all. */
const ALLOWED = ["session_send", "session_list"].map((tool) => `mcp__plugin_signalbox_box__${tool}`);

let scene: Scene;
afterEach(() => scene.close());

const session = (
  tag: string,
  plan: PlanFor = {},
  env: Record<string, string> = {},
): Promise<StandInProcess> =>
  scene.client({ env: { SIGNALBOX_SESSION: tag, ...env }, allowedTools: ALLOWED }, plan);

/** The tool is not loaded at the start: Claude looks it up before it calls it. */
async function say(turn: ClaudeTurn, input: Record<string, unknown>): Promise<ToolAnswer> {
  await turn.searchTools(...ALLOWED);
  return turn.callTool("session_send", input);
}

/** Sends with the first event that it is given, before it acks. */
const sends = (input: Record<string, unknown>): EventPlan => ({
  work: (_, turn) => say(turn, input),
});

/** What session_send has answered. */
const sent = (client: StandInProcess): Promise<string> =>
  client.transcript
    .until(() => client.transcript.of("tool-answer").find(({ tool }) => tool.endsWith("session_send")))
    .then(({ text }) => text);

const idIn = (text: string): string => /evt_[0-9a-z]{26}/.exec(text)?.[0] ?? "none";

const readOf = (client: StandInProcess, id: string): Promise<string> =>
  client.transcript.until(() =>
    client.transcript.read.find((text) => text.includes(`Signalbox event ${id} (`)),
  );

test("two sessions speak: a message wakes the other one, whose answer names it and comes back as an event", async () => {
  scene = await Scene.open({ config: WAKE });
  const answers = ({ id }: SeenEvent): EventPlan => ({
    work: (_, turn) => say(turn, { message: "it was the cache", reply_to: id }),
  });
  const oncall = await session("oncall", answers);
  const source = await scene.sourceFor("deploys");
  const asks = sends({ target: "oncall", message: "why is the build red?" });
  let asked = false;
  const deploys = await session("deploys", () => {
    if (asked) return {};
    asked = true;
    return asks;
  });
  await scene.untilOnline(2);

  const webhook = await scene.arrives(source);
  await scene.until(webhook, "acked");
  const question = idIn(await sent(deploys));
  expect(await sent(deploys)).toBe(
    `Sent: 1 (oncall ${question}). Queued: 0. An answer comes as an event of its own, and names the event it answers.`,
  );
  await scene.until(question, "acked");
  expect(await readOf(oncall, question)).toMatch(
    /from session deploys in folder shop\. Type message\.sent\./,
  );

  const answer = idIn(await sent(oncall));
  await scene.until(answer, "acked");
  const text = await readOf(deploys, answer);
  expect(text).toContain("it was the cache");
  expect(text).toContain(`It answers message ${question}`);
  expect([showings(oncall, question), showings(deploys, answer)]).toEqual([1, 1]);
});

test("a broadcast reaches the sessions that are connected; a message for one that is not there waits for it", async () => {
  scene = await Scene.open({ config: WAKE });
  const [one, two] = [await session("one"), await session("two")];
  const source = await scene.sourceFor("deploys");
  const targets = ["*", "night"];
  const deploys = await session("deploys", () => {
    const target = targets.shift();
    return target === undefined ? {} : sends({ target, message: `to ${target}` });
  });
  await scene.untilOnline(3);

  await scene.until(await scene.arrives(source), "acked");
  const broadcast = await sent(deploys);
  expect(broadcast).toMatch(/^Sent: 2 \((one|two) evt_\w+, (one|two) evt_\w+\)\. Queued: 0\./);
  for (const client of [one, two]) {
    const id = await client.transcript.until(() =>
      client.transcript.read.find((text) => text.includes("to *")),
    );
    await scene.until(idIn(id), "acked");
  }

  await scene.until(await scene.arrives(source), "acked");
  const answers = () =>
    deploys.transcript.of("tool-answer").filter(({ tool }) => tool.endsWith("session_send"));
  await until(() => answers().length === 2, "the second message");
  const late = answers()[1]?.text ?? "";
  expect(late).toMatch(/^Sent: 0\. Queued: 1 \(night evt_\w+\)\. What is queued waits/);
  await scene.restartServer("kill9");
  const night = await session("night");
  await scene.until(idIn(late), "acked");
  expect(showings(night, idIn(late))).toBe(1);
});

test("a session that takes no messages is offered neither tool, is sent none, and who sends is told", async () => {
  scene = await Scene.open({ config: WAKE });
  const source = await scene.sourceFor("deploys");
  const deploys = await session("deploys", sends({ target: "quiet", message: "hello" }));
  scene.place.configure({ ...scene.config, sessionMessaging: false });
  const quiet = await session("quiet");
  await scene.untilOnline(2);
  const offered = (client: StandInProcess) =>
    client.transcript.of("server-connected").flatMap(({ tools }) => tools.map(({ name }) => name));
  expect(offered(deploys)).toEqual(expect.arrayContaining(ALLOWED));
  expect(offered(quiet).filter((name) => ALLOWED.includes(name))).toEqual([]);

  // The configuration is read anew with each call, and this one's session was there before it said so.
  scene.place.configure({ ...scene.config });
  await scene.until(await scene.arrives(source), "acked");
  expect(await sent(deploys)).toContain("Not sent to quiet: the sessions of quiet take no messages.");
  // It works all the same.
  const other = await scene.arrives(await scene.sourceFor("quiet"));
  await scene.until(other, "acked");
  expect(showings(quiet, other)).toBe(1);
});
