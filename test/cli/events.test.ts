import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EventInfoSchema, LaneSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { home } from "./command-line.ts";
import { controlServer } from "./control-server.ts";

const waiting = create(EventInfoSchema, {
  id: "evt_1",
  state: "queued",
  lane: "tag:deploys",
  from: "github",
  type: "push",
  receivedAtMs: 0n,
});
const inHand = create(EventInfoSchema, {
  ...waiting,
  id: "evt_2",
  state: "delivered",
  delivery: 2,
  session: "s1",
});

test("events are a table with a count of each state", async () => {
  const server = await controlServer();
  server.events = [waiting, inHand];
  const said = await (await home({ grpcUrl: server.url })).run("events");
  expect(said).toMatchObject({ code: 0, err: "" });
  expect(said.out).toBe(
    [
      "event  state      lane     from    type  delivery  received (UTC)       note",
      "evt_1  queued     deploys  github  push            1970-01-01 00:00:00",
      "evt_2  delivered  deploys  github  push  2         1970-01-01 00:00:00  with s1",
      "",
      "1 queued, 1 delivered",
      "",
    ].join("\n"),
  );
});

test("an event that could not be read says so, and what to do", async () => {
  const server = await controlServer();
  server.events = [{ ...waiting, state: "dead", reason: "unreadable" }];
  const { out } = await (await home({ grpcUrl: server.url })).run("events");
  expect(out).toContain("what was stored of it is damaged; have it sent again");
});

test.each([
  ["returned", "away", "", "  the link to the session that had it broke and did not come back in time\n"],
  ["dead", "failed", "no\nright", "  the session that had it said that it failed: no right\n"],
  ["dropped", "no_route", "", "  no route of its source takes its type\n"],
  ["returned", "from_a_newer_server", "", "  from_a_newer_server\n"],
])(
  "why an event is %s (%s) is said in words; programs get the code",
  async (state, reason, summary, note) => {
    const server = await controlServer();
    server.events = [{ ...waiting, state, reason, summary }];
    const at = await home({ grpcUrl: server.url });
    expect((await at.run("events")).out).toContain(note);
    expect(JSON.parse((await at.run("events", "--json")).out).events[0].reason).toBe(reason);
  },
);

test("no events: what to try", async () => {
  const server = await controlServer();
  const said = await (await home({ grpcUrl: server.url })).run("events");
  expect(said).toMatchObject({ code: 0, out: expect.stringContaining("npm run trigger") });
});

test("--json is for programs", async () => {
  const server = await controlServer();
  server.events = [waiting];
  const said = await (await home({ grpcUrl: server.url })).run("events", "--json");
  expect(JSON.parse(said.out)).toMatchObject({
    events: [{ id: "evt_1", state: "queued" }],
    counts: { queued: 1 },
  });
});

test("a lane that is paused is told below the events", async () => {
  const server = await controlServer();
  server.events = [waiting];
  server.lanes = [
    create(LaneSchema, {
      lane: "tag:deploys",
      paused: true,
      pausedAtMs: BigInt(Date.UTC(2026, 0, 2)),
      pausedBy: "laptop",
      pauseReason: "release",
      waiting: 3,
      maxDepth: 5,
      refused: 2,
    }),
  ];
  expect((await (await home({ grpcUrl: server.url })).run("events")).out).toMatch(
    /\nNote: lane deploys is paused since 2026-01-02 00:00:00 \(UTC\) by laptop: release; 3 wait\.\n$/,
  );
});

test("of one lane, the counts are said to be of all; a lane that can't be is refused", async () => {
  const server = await controlServer();
  server.events = [waiting];
  const at = await home({ grpcUrl: server.url });
  expect((await at.run("events", "--lane", "deploys")).out).toMatch(/\nIn all lanes: 1 queued\n$/);
  expect(await at.run("events", "--lane", "")).toMatchObject({ code: 0 });
  expect(await at.run("events", "--lane", "No Tag!")).toMatchObject({
    code: 1,
    err: expect.stringContaining('--lane "No Tag_" is not a tag'),
  });
});
