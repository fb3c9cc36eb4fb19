/** Sources that take turns, at the word of a session: the real server, a real plugin process, and its real tool. */
import { afterEach, expect, test } from "vitest";
import { makeSource } from "../world/server.ts";
import { Scene } from "./scene.ts";

const TOOLS = ["lane_update", "lane_pause", "lane_resume", "lane_list"].map(
  (tool) => `mcp__plugin_signalbox_box__${tool}`,
);

let scene: Scene;
afterEach(() => scene.close());

test("lane_update has sources take turns: one that has sent much doesn't keep the others waiting", async () => {
  scene = await Scene.open({ config: { delivery: "wake" } });
  const other = await makeSource(scene, { slug: "other" });
  const answers: string[] = [];
  const order: string[] = [];
  const expected: string[] = [];
  const first = await scene.arrives();
  const client = await scene.client({ allowedTools: TOOLS }, ({ id }) => ({
    work: async (_, turn) => {
      order.push(id);
      if (id !== first) return undefined;
      await turn.searchTools(...TOOLS);
      answers.push((await turn.callTool("lane_update", { policy: "round-robin" })).text);
      const listed = await turn.callTool("lane_list", {});
      answers.push(listed.text);
      const much = [await scene.arrives(), await scene.arrives(), await scene.arrives()];
      const little = [await scene.arrives(other), await scene.arrives(other)];
      for (let i = 0; i < 3; i++) expected.push(...much.slice(i, i + 1), ...little.slice(i, i + 1));
      return listed;
    },
  }));
  await client.transcript.until(() => order.length === 6 && order);
  await scene.until(order[5] ?? "", "acked");
  const says = expect.stringContaining("its sources take turns (round-robin)");
  expect(answers).toEqual([says, says]);
  expect(order).toEqual([first, ...expected]);
});
