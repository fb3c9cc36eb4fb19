import { describe, expect, test } from "vitest";
import { Rig } from "./core-rig.ts";

const PAUSED = {
  lane: "tag:deploys",
  paused: true,
  pausedAtMs: BigInt(Date.UTC(2026, 0, 2, 3, 4)),
  pausedBy: "laptop",
  pauseReason: "release",
  maxDepth: 50,
  waiting: 12,
  more: false,
  refused: 3,
  policy: "fifo",
};

async function rigWith(response: object) {
  const rig = await Rig.online();
  rig.reply = { kind: "ok", response };
  return rig;
}

describe("the tools of lanes", () => {
  test("pause and resume the session's own lane unless another is named", async () => {
    const rig = await rigWith({ lane: PAUSED });
    const { text } = await rig.call("lane_pause", { reason: "release" });
    await rig.call("lane_pause", { session: "oncall" });
    await rig.call("lane_resume", { session: "" });
    await rig.call("lane_update", { max_depth: 50 });
    await rig.call("lane_update", { session: "oncall", policy: "round-robin" });
    expect(rig.asked.map(({ request }) => request)).toEqual([
      { lane: "tag:", paused: true, reason: "release" },
      { lane: "tag:oncall", paused: true },
      { lane: "tag:", paused: false },
      { lane: "tag:", maxDepth: 50 },
      { lane: "tag:oncall", policy: "round-robin" },
    ]);
    expect(text).toBe(
      'deploys: 12 waiting, paused since 2026-01-02 03:04 UTC by laptop ("release"); lane_resume lets it go on, ' +
        "at most 50 may wait, 3 refused since the server started",
    );
  });

  test("lane_update without a change asks for nothing", async () => {
    const rig = await rigWith({ lane: PAUSED });
    expect(await rig.call("lane_update", {})).toMatchObject({ failed: true });
    expect(rig.asked).toEqual([]);
  });

  test("lane_list tells the lanes of which something is said", async () => {
    const rig = await rigWith({ lanes: [PAUSED, { ...PAUSED, lane: "tag:", paused: false, maxDepth: 0 }] });
    expect((await rig.call("lane_list")).text.split("\n")).toEqual([
      expect.stringContaining("deploys: "),
      "untagged: 12 waiting, not paused",
    ]);
    const turns = await rigWith({ lanes: [{ ...PAUSED, paused: false, policy: "round-robin" }] });
    expect((await turns.call("lane_list")).text).toContain(", its sources take turns (round-robin)");
    const none = await rigWith({ lanes: [] });
    expect((await none.call("lane_list")).text).toContain("No lane is paused");
  });
});
