import { describe, expect, test } from "vitest";
import { TurnLost } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { OWN, Rig } from "./core-rig.ts";
import { deliver, E1, tagOf } from "./event-samples.ts";

async function surfaced(): Promise<Rig> {
  const rig = await Rig.online();
  await rig.link.say(deliver(E1));
  await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
  return rig;
}

const losses = (rig: Rig) =>
  rig.link.all("presence").filter(({ turnLost }) => turnLost !== TurnLost.UNSPECIFIED);

describe("idle and busy", () => {
  test("a prompt begins a turn, Stop or StopFailure ends it", async () => {
    for (const end of ["Stop", "StopFailure"]) {
      const rig = await Rig.online();
      await rig.hook("UserPromptSubmit", { prompt: "hello" });
      expect(rig.link.presence).toMatchObject({ busy: true, ready: false, hooks: true });
      await rig.hook(end);
      expect(rig.link.presence).toMatchObject({ busy: false, ready: true });
    }
  });

  test("a tool call under way is told, also in a turn whose beginning was missed", async () => {
    const rig = await Rig.online();
    await rig.hook("PreToolUse", { tool_name: "Bash", tool_use_id: "t1" });
    expect(rig.link.presence).toMatchObject({ busy: true, toolRunning: true });
    await rig.hook("PostToolUse", { tool_name: "Bash", tool_use_id: "t1" });
    expect(rig.link.presence).toMatchObject({ busy: true, toolRunning: false });
  });

  test("a minute with no hook at all counts as idle, 15 minutes while a tool call is under way", async () => {
    const rig = await Rig.online();
    await rig.hook("UserPromptSubmit", { prompt: "hello" });
    await rig.clock.pass(59_000);
    await rig.hook("PreToolUse", { tool_name: "Bash", tool_use_id: "t1" });
    await rig.clock.pass(14 * 60_000);
    expect(rig.link.presence.busy).toBe(true);
    await rig.clock.pass(60_000);
    expect(rig.link.presence).toMatchObject({ busy: false, ready: true });
    expect(losses(rig)).toEqual([]);
  });

  test("a call that was denied, or had ended when the turn wanted to, is not under way", async () => {
    const rig = await surfaced();
    await rig.hook("PreToolUse", { tool_name: `${OWN}hook`, tool_use_id: "t1" });
    expect(rig.link.presence.toolRunning).toBe(false);
    // The user denied it: nothing tells of its end.
    await rig.hook("PreToolUse", { tool_name: "Bash", tool_use_id: "t2" });
    expect(await rig.hook("Stop")).toMatchObject({ decision: "block" });
    expect(rig.link.presence).toMatchObject({ busy: true, toolRunning: false });
  });

  test("a prompt that was withdrawn begins no turn", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1), { case: "recall", value: { of: { eventId: E1, delivery: 1 } } });
    await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
    expect(rig.link.presence.busy).toBe(false);
  });

  test("mere life is told at most once in 5 s, and the last of it is not lost", async () => {
    const rig = await Rig.online();
    await rig.hook("UserPromptSubmit", { prompt: "hello" });
    await rig.clock.pass(10_000);
    const before = rig.link.all("presence").length;
    for (let i = 0; i < 20; i++) await rig.hook("Notification", { notification_type: "other" });
    expect(rig.link.all("presence")).toHaveLength(before + 1);
    await rig.clock.pass(5_000);
    expect(rig.link.all("presence")).toHaveLength(before + 2);
    expect(rig.link.presence.life).toBe(true);
    await rig.clock.pass(20_000);
    expect(rig.link.all("presence")).toHaveLength(before + 2);
  });

  test("a waiter that leaves is a change, not a sign of life", async () => {
    const rig = await Rig.waking();
    expect(rig.link.presence).toMatchObject({ waiter: true, ready: true });
    await rig.link.say(deliver(E1));
    expect(rig.link.presence).toMatchObject({ waiter: false, ready: false, life: false });
  });
});

describe("a turn that died with the event", () => {
  test("/clear tells the loss; the event is shown again when the server says so", async () => {
    const rig = await surfaced();
    expect(await rig.hook("SessionStart", { source: "clear" })).toEqual({});
    expect(losses(rig)).toMatchObject([{ turnLost: TurnLost.CLEARED, lost: { eventId: E1, delivery: 1 } }]);
    await rig.link.say(deliver(E1, 1, { again: true }));
    expect(rig.shown).toHaveLength(2);
  });

  test("Esc is found by a quiet minute", async () => {
    const rig = await surfaced();
    await rig.clock.pass(59_900);
    expect(losses(rig)).toEqual([]);
    await rig.clock.pass(200);
    expect(losses(rig)).toMatchObject([{ turnLost: TurnLost.ESCAPED, lost: { eventId: E1 }, life: false }]);
  });

  test("the shortest extension is one", async () => {
    const rig = await surfaced();
    expect((await rig.call("event_extend", { minutes: 0.001 })).text).not.toContain("link is down");
    expect(rig.link.one("extend").seconds).toBe(1);
  });

  test("a session that said what it waits for has not lost its turn", async () => {
    const rig = await surfaced();
    await rig.call("event_extend", { minutes: 5, waiting_for: "a review" });
    expect(rig.link.one("extend")).toMatchObject({ seconds: 300, waitingFor: "a review" });
    await rig.clock.pass(120_000);
    expect(losses(rig)).toEqual([]);
  });

  test("while the link is down the loss is kept until it is back", async () => {
    const rig = await surfaced();
    await rig.link.breaks();
    await rig.hook("SessionStart", { source: "clear" });
    await rig.clock.pass(5_000);
    await rig.link.welcome({ eventId: E1, delivery: 1 });
    expect(losses(rig)).toMatchObject([{ turnLost: TurnLost.CLEARED }]);
  });

  test("after compact the ack line is repeated; nothing is shown again", async () => {
    const rig = await surfaced();
    expect(await rig.hook("SessionStart", { source: "compact" })).toMatchObject({
      hookSpecificOutput: { hookEventName: "SessionStart", additionalContext: expect.stringContaining(E1) },
    });
    expect(losses(rig)).toEqual([]);
  });
});

describe("the end of a turn", () => {
  test("is blocked twice for an event in hand, with three ways out, and then let go", async () => {
    const rig = await surfaced();
    for (let i = 0; i < 2; i++) {
      const blocked = await rig.hook("Stop", { stop_hook_active: String(i > 0) });
      expect(blocked).toMatchObject({ decision: "block" });
      for (const way of ["event_ack", "retry", "event_extend", "waiting_for", E1])
        expect(JSON.stringify(blocked)).toContain(way);
      expect(rig.link.presence.busy).toBe(true);
    }
    expect(await rig.hook("Stop", { stop_hook_active: "true" })).toEqual({});
    expect(rig.link.presence.busy).toBe(false);
  });

  test("is not blocked when the session waits for something, or has not seen the event", async () => {
    const rig = await surfaced();
    await rig.call("event_extend", { waiting_for: "a review" });
    expect(await rig.hook("Stop")).toEqual({});
    const other = await Rig.online();
    await other.hook("UserPromptSubmit", { prompt: "hello" });
    await other.link.say(deliver(E1));
    expect(await other.hook("Stop")).toEqual({});
  });
});

describe("permission", () => {
  test.each(["event_take", "event_ack", "event_extend", "event_payload"])(
    "%s runs without a dialog",
    async (tool) => {
      const rig = await Rig.online();
      expect(await rig.hook("PreToolUse", { tool_name: OWN + tool, tool_use_id: "t" })).toMatchObject({
        hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "allow" },
      });
    },
  );

  test.each(["Bash", `${OWN}source_delete`, "mcp__other__event_ack", "event_ack"])(
    "nothing is decided for %s",
    async (tool) => {
      const rig = await Rig.online();
      expect(await rig.hook("PreToolUse", { tool_name: tool, tool_use_id: "t" })).toEqual({});
    },
  );

  test("the hooks' own tool is denied to the model", async () => {
    const rig = await Rig.online();
    expect(await rig.hook("PreToolUse", { tool_name: `${OWN}hook`, tool_use_id: "t" })).toMatchObject({
      hookSpecificOutput: { permissionDecision: "deny" },
    });
  });
});

test("placeholders that were not filled count as absent, and nonsense decides nothing", async () => {
  const rig = await Rig.online();
  expect(await rig.hook("SessionStart", { source: "${source}", prompt: 7, tool_name: null })).toEqual({});
  expect(await rig.hook("Nonsense")).toEqual({});
  expect((await rig.call("hook", { event: 5 })).text).toBe("{}");
});
