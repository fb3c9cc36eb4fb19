import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ReplayEventsResponseSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { home } from "./command-line.ts";
import { controlServer } from "./control-server.ts";

const answer = (more: object) => create(ReplayEventsResponseSchema, more);
const replays = (count: number) =>
  Array.from({ length: count }, () => ({ eventId: "evt_1", replayId: "evt_2", state: "queued" }));

test("one event is replayed by its id", async () => {
  const server = await controlServer();
  server.replays = [answer({ replays: replays(1) })];
  const said = await (await home({ grpcUrl: server.url })).run("replay", "evt_1");
  expect(said).toMatchObject({ code: 0, err: "", out: "evt_1 is replayed as evt_2.\n" });
  expect(server.replaysAsked).toMatchObject([{ eventId: "evt_1", from: "", day: "" }]);
});

test("all dead of a source are replayed, call by call, until none are left", async () => {
  const server = await controlServer();
  const lastAtMs = BigInt(Date.UTC(2026, 0, 31, 8));
  server.replays = [
    answer({ replays: replays(100), remaining: 120 }),
    answer({ replays: replays(100), remaining: 20 }),
    answer({ replays: replays(20), lost: 2, lastAtMs }),
  ];
  const said = await (await home({ grpcUrl: server.url })).run(
    "replay",
    "--source",
    "ci",
    "--day",
    "2026-01-31",
  );
  expect(said.out).toBe(
    "220 dead events are replayed, the last at 2026-01-31 08:00:00 (UTC).\n" +
      "2 can't be replayed: their content is not kept any more, or is damaged.\n",
  );
  expect(server.replaysAsked).toHaveLength(3);
  expect(server.replaysAsked[2]).toMatchObject({ eventId: "", from: "ci", day: "2026-01-31" });
});

test("where nothing more can be replayed it ends, whatever is left", async () => {
  const server = await controlServer();
  server.replays = [answer({ remaining: 5 })];
  const said = await (await home({ grpcUrl: server.url })).run("replay", "--day", "2026-01-31");
  expect(said).toMatchObject({ code: 0, out: expect.stringContaining("no dead events like that") });
});

test.each([[[]], [["evt_1", "--source", "ci"]], [["evt_1", "evt_2"]]])(
  "%j is refused, and nothing is asked",
  async (args) => {
    const server = await controlServer();
    const said = await (await home({ grpcUrl: server.url })).run("replay", ...args);
    expect(said.code).toBe(1);
    expect(said.err).toContain("either one event, by its id, or the dead of a --source");
    expect(server.replaysAsked).toEqual([]);
  },
);
