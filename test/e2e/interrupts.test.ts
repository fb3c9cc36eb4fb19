/** An interrupt, and sessions that share a lane, with all parts real. */
import { afterEach, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { ClaudeTurn, ToolAnswer } from "../standin/claude-script.ts";
import type { SeenEvent } from "../standin/seen-event.ts";
import type { TestSource } from "../world/server.ts";
import { until } from "../world/until.ts";
import { Scene, showings } from "./scene.ts";

let scene: Scene;
afterEach(() => scene.close());

async function urgentSource(): Promise<TestSource> {
  const asked = { slug: "pager", scheme: "generic", priority: "interrupt" };
  const { source, secret } = await scene.control.call(ControlService.method.createSource, asked);
  return { url: source?.url ?? "", secret };
}

/** Works on the event in small steps, until one of them is denied or `isOver`. */
const inSteps =
  (isOver: (event: SeenEvent) => boolean) =>
  async (event: SeenEvent, turn: ClaudeTurn): Promise<ToolAnswer | undefined> => {
    for (;;) {
      if (isOver(event)) return undefined;
      const answer = await turn.useTool("Bash", { command: `work on ${event.id}` }, 20);
      if (answer.outcome === "denied") return answer;
    }
  };

test("an interrupt stops what is worked on at its next tool call, and its ack brings that back", async () => {
  scene = await Scene.open({ config: { delivery: "wake" } });
  const pager = await urgentSource();
  // The first delivery would go on for ever.
  const work = inSteps(({ text }) => !text.includes("(delivery 1)") || text.includes("from source pager"));
  const client = await scene.client({}, { work });
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  const interrupt = await scene.arrives(pager);
  await scene.until(interrupt, "acked");
  await scene.until(id, "acked");
  const [denied] = client.transcript.of("tool-answer").filter(({ outcome }) => outcome === "denied");
  expect(denied?.text).toContain(interrupt);
  const read = client.transcript.read.join("\n");
  expect(read).toMatch(
    new RegExp(`Signalbox event ${id} \\(delivery 2, resumed: .* interrupted it after \\d+ second`),
  );
  expect(read.indexOf(`Signalbox event ${interrupt} (`)).toBeLessThan(read.indexOf(`${id} (delivery 2`));
  expect([showings(client, id), showings(client, interrupt)]).toEqual([2, 1]);
  // All in one turn: nothing had to wake the session again.
  expect(client.transcript.of("turn-begin")).toHaveLength(1);
});

test("two sessions share a lane: who has been free for longest gets the next event", async () => {
  scene = await Scene.open({ config: { delivery: "wake" } });
  const clients = [await scene.client(), await scene.client()];
  await until(
    async () => (await scene.sessions()).filter(({ waiter }) => waiter).length === 2,
    "both sessions to wait",
  );
  const order: number[] = [];
  for (let i = 0; i < 4; i++) {
    const id = await scene.arrives();
    await scene.until(id, "acked");
    order.push(clients.findIndex((client) => showings(client, id) === 1));
    const mine = clients[order.at(-1) ?? 0];
    await mine?.untilIdle();
    await until(
      async () => (await scene.sessions()).filter(({ waiter }) => waiter).length === 2,
      "both sessions to wait again",
    );
  }
  const [first] = order;
  expect(order).toEqual([first, 1 - (first ?? 0), first, 1 - (first ?? 0)]);
});
