import { describe, expect, test } from "vitest";
import { Rig } from "./core-rig.ts";

const OLD = "evt_01k00000000000000000000001";
const NEW = "evt_01k00000000000000000000002";

async function rigWith(response: object): Promise<Rig> {
  const rig = await Rig.online();
  rig.reply = { kind: "ok", response };
  return rig;
}

describe("event_replay", () => {
  test("of one event tells the new one", async () => {
    const rig = await rigWith({ replays: [{ eventId: OLD, replayId: NEW, state: "queued" }] });
    const { text } = await rig.call("event_replay", { event_id: OLD });
    expect(text).toBe(`${OLD} is replayed as ${NEW}; it waits in its lane.`);
    expect(rig.asked).toMatchObject([
      { method: "ReplayEvents", request: { eventId: OLD, from: "", day: "", limit: 100 } },
    ]);
  });

  test("of one that was replayed before tells which that is, and the way on", async () => {
    const rig = await rigWith({ replays: [{ eventId: OLD, replayId: NEW, known: true, state: "dead" }] });
    const { text } = await rig.call("event_replay", { event_id: OLD });
    expect(text).toMatch(`was replayed before, as ${NEW}, which is dead.`);
    expect(text).toContain("replay that one");
  });

  test("of a source's day tells how many, how many are left, and how to go on", async () => {
    const replays = [1, 2].map(() => ({ eventId: OLD, replayId: NEW, state: "scheduled" }));
    const lastAtMs = BigInt(Date.UTC(2026, 0, 31, 8));
    const rig = await rigWith({ replays, remaining: 3, lost: 1, lastAtMs });
    const { text } = await rig.call("event_replay", { source: "ci", day: "2026-01-31", limit: 2 });
    expect(text).toBe(
      "2 dead events are replayed as new ones, ten a second, the last at 2026-01-31T08:00:00Z. " +
        "1 can't be: their content is not kept any more, or is damaged. 3 are left: call event_replay again, and it goes on.",
    );
    expect(rig.asked).toMatchObject([{ request: { eventId: "", from: "ci", day: "2026-01-31", limit: 2 } }]);
  });

  test("of nothing says so", async () => {
    const { text } = await (await rigWith({})).call("event_replay", { day: "2026-01-31" });
    expect(text).toBe("There are no dead events like that which were not replayed.");
  });

  test.each([
    [{}, "Name what is to be replayed"],
    [{ event_id: OLD, source: "ci" }, "Name what is to be replayed"],
    [{ event_id: "evt_1" }, "argument event_id: an event's id is evt_ and 26 characters"],
    [{ day: "yesterday" }, "argument day: takes a date, 2026-01-31"],
    [{ source: "ci", limit: 501 }, "argument limit: takes 1 to 500"],
  ])("refuses %j with what is wrong", async (args, words) => {
    const rig = await rigWith({});
    expect(await rig.call("event_replay", args)).toMatchObject({
      failed: true,
      text: expect.stringContaining(words),
    });
    expect(rig.asked).toEqual([]);
  });
});
