/** An interrupt in a running turn: it stops what runs there, and nothing of either is lost. */
import { describe, expect, test } from "vitest";
import { RecallReason, Way } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { OWN, Rig } from "./core-rig.ts";
import { deliver, E1, E2, tagOf, wakeOf } from "./event-samples.ts";

const recall = (eventId: string, delivery = 1) =>
  ({ case: "recall", value: { of: { eventId, delivery }, reason: RecallReason.INTERRUPTED } }) as const;
const interrupt = deliver(E2, 1, { band: "interrupt" });
const DENIED = {
  hookSpecificOutput: { permissionDecision: "deny", permissionDecisionReason: expect.stringContaining(E2) },
};

const begins = (rig: Rig, tool = "Bash") =>
  rig.hook("PreToolUse", { tool_name: tool, tool_use_id: `t-${tool}` });

/** A turn that works on E1, which it was woken for. */
async function working(): Promise<Rig> {
  const rig = await Rig.waking();
  await rig.link.say(deliver(E1));
  await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
  await rig.call("event_take");
  await rig.read("event_take");
  rig.waiters.arrive();
  return rig;
}

async function interrupted(): Promise<Rig> {
  const rig = await working();
  await rig.link.say(recall(E1), interrupt);
  return rig;
}

describe("an interrupt in a running turn", () => {
  test("denies its tool calls, but not those by which it is handled", async () => {
    const rig = await interrupted();
    expect(rig.waiters.woken).toEqual([E1]);
    expect(await begins(rig)).toMatchObject(DENIED);
    expect(await begins(rig, "Edit")).toMatchObject(DENIED);
    expect(rig.link.presence.toolRunning).toBe(false);
    for (const tool of ["event_take", "event_ack", "event_extend", "event_payload"]) {
      const allowed = { hookSpecificOutput: { permissionDecision: "allow" } };
      expect(await begins(rig, OWN + tool)).toMatchObject(allowed);
    }
    expect(rig.link.all("surfaced").at(-1)).toMatchObject({ of: { eventId: E2 }, way: Way.WAKE });
  });

  test("is taken, and what was stopped comes back in the answer of its ack", async () => {
    const rig = await interrupted();
    await begins(rig);
    expect((await rig.call("event_take")).text).toContain(E2);
    // The answer was not read yet.
    expect(await begins(rig)).toMatchObject(DENIED);
    await rig.read("event_take");
    expect(rig.link.all("taken").at(-1)).toMatchObject({ of: { eventId: E2 } });
    expect(await begins(rig)).toEqual({});
    const acked = rig.call("event_ack", { summary: "done", event_id: E2 });
    await rig.clock.pass(0);
    expect(rig.link.all("ack").at(-1)).toMatchObject({ of: { eventId: E2 }, ready: true });
    await rig.link.acked(E2, { next: true });
    await rig.link.say(deliver(E1, 2, { band: "resumed", again: true }));
    expect((await acked).text).toContain(`${E1} (delivery 2)`);
    await rig.read("event_ack");
    expect(rig.link.all("taken").at(-1)).toMatchObject({ of: { eventId: E1, delivery: 2 } });
  });

  test("gives what it stopped back into the turn, also where somebody has typed and by the channel", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
    await rig.hook("UserPromptSubmit", { prompt: "and hurry" });
    await rig.link.say(recall(E1), interrupt);
    // No notification: in a running turn the client would have it wait.
    expect(rig.shown).toHaveLength(1);
    expect(await begins(rig)).toMatchObject(DENIED);
    await rig.call("event_take");
    await rig.read("event_take");
    void rig.call("event_ack", { summary: "done", event_id: E2 });
    await rig.clock.pass(0);
    expect(rig.link.all("ack").at(-1)?.ready).toBe(true);
  });

  test("asks for nothing more once what it stopped is settled", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
    await rig.link.say(recall(E1), interrupt);
    const late = rig.call("event_ack", { summary: "done", event_id: E1 });
    await rig.clock.pass(0);
    await rig.link.acked(E1);
    // The answer brings what has come in between.
    expect((await late).text).toMatch(new RegExp(`${E1} is done.*next event.*${E2}`, "s"));
    await rig.read("event_ack");
    void rig.call("event_ack", { summary: "done", event_id: E2 });
    await rig.clock.pass(0);
    expect(rig.link.all("ack").at(-1)).toMatchObject({ of: { eventId: E2 }, ready: false });
  });

  test("is not settled by an ack that means what it stopped", async () => {
    const rig = await interrupted();
    const { text } = await rig.call("event_ack", { summary: "done" });
    expect(text).toMatch(/Nothing was changed: an interrupt/);
    expect(rig.link.all("ack")).toEqual([]);
  });

  test("does not let the turn end without a word, and wakes the session after it", async () => {
    const rig = await interrupted();
    for (let blocked = 0; blocked < 2; blocked++) {
      expect(await rig.hook("Stop")).toMatchObject({
        decision: "block",
        reason: expect.stringContaining(E2),
      });
    }
    expect(await rig.hook("Stop")).toEqual({});
    // It was announced: the server has its deadline for what is not taken then.
    expect(rig.waiters.woken).toEqual([E1]);
    expect((await rig.call("event_take")).text).toContain(E2);
  });

  test("comes in as any event does where the turn has ended before it was told of it", async () => {
    for (const end of ["StopFailure", "SessionStart"]) {
      const rig = await interrupted();
      await rig.hook(end, { source: "clear" });
      expect(rig.waiters.woken).toEqual([E1, E2]);
      expect(await rig.hook("UserPromptSubmit", { prompt: wakeOf(E2) })).toEqual({});
      expect(await begins(rig)).toEqual({});
    }
  });

  test("lets the turn go on when it is withdrawn", async () => {
    const rig = await interrupted();
    expect(await begins(rig)).toMatchObject(DENIED);
    await rig.link.say({ case: "recall", value: { of: { eventId: E2, delivery: 1 } } });
    expect(await begins(rig)).toEqual({});
  });

  test("stops it also after the link broke in between", async () => {
    const rig = await working();
    await rig.link.breaks();
    await rig.clock.pass(2_000);
    // The server has stopped E1 meanwhile.
    await rig.link.welcome();
    await rig.link.say(interrupt);
    expect(await begins(rig)).toMatchObject(DENIED);
  });
});

describe("what is told of the session", () => {
  test("an interrupt would come into a turn where hooks call, and into an idle session as any event would", async () => {
    const rig = await Rig.waking();
    expect(rig.link.presence).toMatchObject({ busy: false, interruptible: true });
    await rig.link.say(deliver(E1));
    expect(rig.link.presence).toMatchObject({ ready: false, waiter: false, interruptible: false });
    await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
    expect(rig.link.presence).toMatchObject({ busy: true, interruptible: true });
  });

  test("without hooks nothing can be stopped", async () => {
    const rig = await Rig.online();
    expect(rig.link.presence).toMatchObject({ ready: true, interruptible: false });
  });
});
