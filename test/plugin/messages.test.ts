/** The tools by which sessions speak to each other. */
import { describe, expect, test } from "vitest";
import { settle } from "../world/simulated-clock.ts";
import { CONFIGURATION, Rig, type RigOptions } from "./core-rig.ts";
import { deliver, E1, wakeOf } from "./event-samples.ts";

const IN_TURN = { session: "session-1", instance: "instance-1" };

async function rigWith(response: object, options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.online(options);
  rig.reply = { kind: "ok", response };
  return rig;
}

const posted = (lane: string, outcome: string, more: object = {}) => ({
  lane: `tag:${lane}`,
  outcome,
  eventId: outcome === "refused" ? "" : `evt_of_${lane || "untagged"}`,
  ...more,
});

describe("session_send", () => {
  test("names its session, and says what was sent, what is queued, and what was not taken, and why", async () => {
    const rig = await rigWith({
      posted: [
        posted("oncall", "sent", { copies: 1 }),
        posted("", "sent", { copies: 3 }),
        posted("night", "queued"),
        posted("quiet", "refused", { reason: "the sessions of quiet take no messages" }),
      ],
    });
    const { text, failed } = await rig.call("session_send", {
      target: "oncall, untagged, night, quiet",
      message: "the build is red",
      priority: "priority",
      fanout: "all",
    });
    expect(failed).toBe(false);
    expect(text).toContain(
      "Sent: 2 (oncall evt_of_oncall, untagged evt_of_untagged and copies of it: 3 sessions).",
    );
    expect(text).toContain("Queued: 1 (night evt_of_night).");
    expect(text).toContain("Not sent to quiet: the sessions of quiet take no messages.");
    expect(rig.asked).toMatchObject([
      {
        method: "SendMessage",
        request: {
          from: IN_TURN,
          target: "oncall, untagged, night, quiet",
          text: "the build is red",
          priority: "priority",
          fanout: "all",
          replyTo: "",
          cause: "",
        },
      },
    ]);
  });

  test("that reached nobody says so; one that was refused everywhere has failed", async () => {
    const send = (response: object) =>
      rigWith(response).then((rig) => rig.call("session_send", { target: "*", message: "hello" }));
    expect(await send({ posted: [] })).toMatchObject({
      failed: false,
      text: expect.stringContaining("nobody"),
    });
    const refused = { posted: [posted("quiet", "refused", { reason: "they take none" })] };
    expect(await send(refused)).toMatchObject({ failed: true, text: "Not sent to quiet: they take none." });
  });

  test.each([
    [{ target: "x" }, "argument message"],
    [{ target: "x", message: "" }, "argument message: say what it is about"],
    [{ target: "x", message: "y".repeat(32_769) }, "at most 32768"],
    [{ target: "x", message: "y", reply_to: "the last one" }, "argument reply_to: the event id of a message"],
    [{ target: "x", message: "y", priority: "now" }, "argument priority"],
    [{ target: "x", message: "y", fanout: "some" }, "argument fanout"],
  ])("with %.60j it is refused, and nothing is asked", async (args, words) => {
    const rig = await rigWith({});
    expect(await rig.call("session_send", args)).toMatchObject({
      failed: true,
      text: expect.stringContaining(words),
    });
    expect(rig.asked).toEqual([]);
  });

  test("whose answer is lost is sent again under the same name, also by a later call with the same words", async () => {
    const rig = await Rig.online();
    const send = async (message: string) => {
      const sending = rig.call("session_send", { target: "night", message });
      await rig.clock.pass(1_000);
      await rig.clock.pass(3_000);
      return sending;
    };
    expect(await send("hello")).toMatchObject({ failed: true, text: expect.stringContaining("not doubled") });
    await send("hello");
    const ids = rig.asked.map(({ request }) => (request as { requestId: string }).requestId);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("that was answered is another message the next time, also with the same words", async () => {
    const rig = await rigWith({ posted: [posted("night", "queued")] });
    await rig.call("session_send", { target: "night", message: "hello" });
    await rig.call("session_send", { target: "night", message: "hello" });
    const ids = rig.asked.map(({ request }) => (request as { requestId: string }).requestId);
    expect(new Set(ids).size).toBe(2);
  });

  test("names the event that led to it: the one in hand, or the one that this turn has acked", async () => {
    const rig = await Rig.waking();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
    await rig.call("event_take");
    await rig.read("event_take");
    rig.reply = { kind: "ok", response: { posted: [] } };
    const causes = () => rig.asked.map(({ request }) => (request as { cause: string }).cause);
    await rig.call("session_send", { target: "*", message: "before the ack" });
    const acked = rig.call("event_ack", { event_id: E1, summary: "done" });
    await settle();
    await rig.link.acked(E1);
    await acked;
    await rig.call("session_send", { target: "*", message: "after the ack" });
    // The user has a word in the next turn.
    await rig.hook("Stop");
    await rig.hook("UserPromptSubmit", { prompt: "tell everybody" });
    await rig.call("session_send", { target: "*", message: "the user's own" });
    expect(causes()).toEqual([E1, E1, ""]);
  });

  test("where there are no hooks the event that was acked a moment ago counts as what led to it", async () => {
    const rig = await Rig.online({
      client: "another-client",
      surroundings: { entrypoint: null },
      configuration: { join: "always" },
    });
    await rig.link.say(deliver(E1));
    await rig.call("event_take", { wait_seconds: 0 });
    const acked = rig.call("event_ack", { event_id: E1, summary: "done" });
    await settle();
    await rig.link.acked(E1);
    await acked;
    rig.reply = { kind: "ok", response: { posted: [] } };
    await rig.call("session_send", { target: "*", message: "soon" });
    await rig.clock.pass(61_000);
    await rig.call("session_send", { target: "*", message: "later" });
    expect(rig.asked.map(({ request }) => (request as { cause: string }).cause)).toEqual([E1, ""]);
  });
});

test("session_list tells the lanes, which is this one, who takes no messages, and what waits", async () => {
  const here = { state: "online", client: "claude-code 2.1", project: "shop", takesMessages: true };
  const rig = await rigWith({
    sessions: [
      { ...here, lane: "tag:deploys", current: true },
      { ...here, lane: "tag:deploys", state: "deaf", project: "Obey me!" },
      { ...here, lane: "tag:", takesMessages: false },
    ],
    lanes: [
      { lane: "tag:deploys", waiting: 3 },
      { lane: "tag:", waiting: 100, more: true },
    ],
  });
  expect((await rig.call("session_list")).text.split("\n")).toEqual([
    "deploys, this session's own: 3 waiting",
    "- online (this one), claude-code_2.1, shop",
    "- deaf, claude-code_2.1, Obey_me_",
    "untagged: more than 100 waiting",
    "- online, claude-code_2.1, shop, takes no messages",
  ]);
  expect(rig.asked).toMatchObject([{ method: "ListSessions", request: { from: IN_TURN } }]);
});

describe("sessionMessaging: false", () => {
  const off = { configuration: { sessionMessaging: false } };
  const names = async (rig: Rig) => (await rig.box.offered()).map(({ name }) => name);

  test("offers neither tool, refuses both, and tells the server that it takes none", async () => {
    const rig = await rigWith({}, off);
    expect(await names(rig)).not.toEqual(expect.arrayContaining(["session_send"]));
    expect(await names(rig)).not.toEqual(expect.arrayContaining(["session_list"]));
    expect(await names(rig)).toContain("event_take");
    for (const [tool, args] of [
      ["session_send", { target: "*", message: "x" }],
      ["session_list", {}],
    ] as const) {
      expect(await rig.call(tool, args)).toMatchObject({
        failed: true,
        text: expect.stringContaining("sessionMessaging"),
      });
    }
    expect(rig.asked).toEqual([]);
    expect(rig.link.one("hello").messaging).toBe(false);
  });

  test("is off unless it is said: both tools are offered, also before there is a configuration", async () => {
    for (const rig of [
      await rigWith({}),
      new Rig({ setup: { kind: "missing", path: CONFIGURATION.path } }),
    ]) {
      expect(await names(rig)).toEqual(expect.arrayContaining(["session_send", "session_list"]));
    }
    expect((await rigWith({})).link.one("hello").messaging).toBe(true);
  });
});
