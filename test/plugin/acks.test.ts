import { describe, expect, test } from "vitest";
import { AckStatus, Outcome } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { settle } from "../world/simulated-clock.ts";
import { FakeDisk, Rig } from "./core-rig.ts";
import { deliver, E1, E2, tagOf, wakeOf } from "./event-samples.ts";

const id = (n: number) => `evt_01k000000000000000000000${String(n).padStart(2, "0")}`;

async function withEvent(rig: Rig, eventId = E1): Promise<void> {
  await rig.link.say(deliver(eventId));
  await rig.hook("UserPromptSubmit", { prompt: tagOf(eventId) });
}

/** Woken by the event, and it was read. */
async function woken(rig: Rig, eventId = E1): Promise<void> {
  await rig.link.say(deliver(eventId));
  await rig.hook("UserPromptSubmit", { prompt: wakeOf(eventId) });
  rig.waiters.arrive();
  await rig.call("event_take");
  await rig.read("event_take");
}

describe("event_ack", () => {
  test("is on disk before it is said, and said before it is answered", async () => {
    const disk = new FakeDisk();
    const rig = await Rig.online({ disk });
    await withEvent(rig);
    let open = () => {};
    disk.gate = new Promise((resolve) => {
      open = resolve;
    });
    let answered = false;
    const answer = rig.call("event_ack", { summary: "done", outcome: "retry", retry_after_seconds: 60 });
    void answer.then(() => {
      answered = true;
    });
    await settle();
    expect(rig.link.all("ack")).toEqual([]);
    open();
    await settle();
    expect(disk.files.get("/state/instance-1.json")).toContain('"summary":"done"');
    expect(rig.link.one("ack")).toMatchObject({
      of: { eventId: E1, delivery: 1 },
      outcome: Outcome.RETRY,
      retryAfterSeconds: 60,
      ready: false,
    });
    expect(answered).toBe(false);
    await rig.link.acked(E1);
    expect((await answer).text).toContain("comes back later");
    expect(disk.files.get("/state/instance-1.json")).not.toContain('"summary":"done"');
  });

  test.each([
    [AckStatus.SETTLED, "is done"],
    [AckStatus.REPEATED, "acked before"],
    [AckStatus.LATE, "Too late"],
    [AckStatus.UNKNOWN, "knows no event"],
  ])("status %s is told as: %s", async (status, words) => {
    const rig = await Rig.online();
    await withEvent(rig);
    const answer = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1, { status, waiting: 3 });
    expect((await answer).text).toContain(words);
  });

  test("while the link is down it is kept; it is said in the next Hello, and again until it is confirmed", async () => {
    const rig = await Rig.online();
    await withEvent(rig);
    await rig.link.breaks();
    expect((await rig.call("event_ack", { summary: "done" })).text).toContain("kept, not confirmed yet");
    for (let i = 0; i < 2; i++) {
      await rig.clock.pass(5_000);
      expect(rig.link.one("hello")).toMatchObject({
        unconfirmed: [{ of: { eventId: E1 }, summary: "done" }],
      });
      expect(rig.link.one("hello").inHand).toBeUndefined();
      if (i === 0) await rig.link.breaks();
    }
    await rig.link.welcome();
    await rig.link.acked(E1);
    await rig.link.breaks();
    await rig.clock.pass(5_000);
    expect(rig.link.one("hello").unconfirmed).toEqual([]);
  });

  test("one that is given between Hello and Welcome is said after the Welcome", async () => {
    const rig = await Rig.online();
    await withEvent(rig);
    await rig.link.breaks();
    await rig.clock.pass(1_000);
    const answer = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.welcome({ eventId: E1, delivery: 1 });
    expect(rig.link.one("ack").of).toMatchObject({ eventId: E1 });
    await rig.link.acked(E1);
    expect((await answer).text).toContain("is done");
  });

  test("an event that was acked is not taken again while the server has not heard of it", async () => {
    const rig = await Rig.online();
    await withEvent(rig);
    void rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.say(deliver(E1, 1, { again: true }));
    expect(rig.shown).toHaveLength(1);
    expect(rig.link.all("ack")).toHaveLength(2);
    expect(rig.link.all("held")).toHaveLength(1);
  });

  test("a second ack without an id does not settle an event that the session has not seen", async () => {
    const rig = await Rig.waking();
    await woken(rig);
    const first = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1);
    await first;
    await rig.link.say(deliver(E2));
    expect(await rig.call("event_ack", { summary: "done" })).toMatchObject({ failed: true });
    expect(rig.link.all("ack")).toHaveLength(1);
  });

  test("one without an id right after the answer that held the next event does not settle that", async () => {
    const rig = await Rig.waking();
    await woken(rig);
    const first = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1, { next: true });
    await rig.link.say(deliver(E2));
    expect((await first).text).toContain(E2);
    await rig.read("event_ack");
    // Claude wrote both calls before it read the first one's answer.
    const second = await rig.call("event_ack", { summary: "done" });
    expect(second).toMatchObject({ failed: true, text: expect.stringContaining(`event_id "${E2}"`) });
    expect(rig.link.all("ack")).toHaveLength(1);
    void rig.call("event_ack", { event_id: E2, summary: "done" });
    await settle();
    expect(rig.link.all("ack")).toHaveLength(2);
  });

  test("without hooks, one without an id after an earlier ack settles no event that may not have been read yet", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    void rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1);
    await rig.link.say(deliver(E2));
    const second = await rig.call("event_ack", { summary: "done" });
    expect(second).toMatchObject({ failed: true, text: expect.stringContaining(`event_id "${E2}"`) });
    expect(rig.link.all("ack")).toHaveLength(1);
    void rig.call("event_ack", { event_id: E2, summary: "done" });
    await settle();
    expect(rig.link.all("ack")).toHaveLength(2);
  });

  test("one without an id in a conversation that was cleared settles nothing that it has not seen", async () => {
    const rig = await Rig.waking();
    await woken(rig);
    await rig.hook("SessionStart", { source: "clear" });
    expect(await rig.call("event_ack", { summary: "done" })).toMatchObject({ failed: true });
    expect(rig.link.all("ack")).toEqual([]);
  });

  test("a late ack names the delivery that the session had; one of a foreign event changes nothing", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1, 4));
    await rig.link.say({ case: "recall", value: { of: { eventId: E1, delivery: 4 } } });
    void rig.call("event_ack", { event_id: E1, summary: "done" });
    await settle();
    expect(rig.link.one("ack").of).toMatchObject({ eventId: E1, delivery: 4 });
    expect((await rig.call("event_ack", { event_id: E2, summary: "done" })).text).toContain(
      "was not given to this session",
    );
    expect(rig.link.all("ack")).toHaveLength(1);
  });

  test("a disk that is full does not stop an ack that the server confirms", async () => {
    const disk = new FakeDisk();
    const rig = await Rig.online({ disk });
    await withEvent(rig);
    disk.full = true;
    const answer = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1);
    expect(await answer).toMatchObject({ failed: false });
    await rig.hook("Stop");
    await rig.link.say(deliver(E2));
    await rig.hook("UserPromptSubmit", { prompt: tagOf(E2) });
    await rig.link.breaks();
    expect((await rig.call("event_ack", { summary: "done" })).text).toContain("could not be kept on disk");
  });

  test("an ack that was never on the disk is not called kept when it is repeated", async () => {
    const disk = new FakeDisk();
    const rig = await Rig.online({ disk });
    await withEvent(rig);
    await rig.link.breaks();
    disk.full = true;
    for (let i = 0; i < 2; i++) {
      const { text } = await rig.call("event_ack", { event_id: E1, summary: "done" });
      expect(text).toContain("could not be kept on disk");
      expect(text).toContain(`event_id "${E1}"`);
    }
    disk.full = false;
    const { text } = await rig.call("event_ack", { event_id: E1, summary: "done" });
    expect(text).toContain("kept, not confirmed yet");
    expect(disk.files.get("/state/instance-1.json")).toContain('"summary":"done"');
  });

  test("arguments are checked, and the complaint names them", async () => {
    const rig = await Rig.online();
    expect((await rig.call("event_ack", { summary: "" })).text).toContain("argument summary");
    expect((await rig.call("event_ack", { summary: "x", event_id: "12" })).text).toContain(
      "argument event_id",
    );
    expect((await rig.call("event_ack", { summary: "x", outcome: "perhaps" })).text).toContain(
      "argument outcome",
    );
  });
});

describe("the next event in the answer of the ack", () => {
  /** Acks and is given the next; true: it stood in the answer. */
  async function drains(rig: Rig, n: number): Promise<boolean> {
    const answer = rig.call("event_ack", { event_id: id(n), summary: "done" });
    await settle();
    const ready = rig.link.all("ack").at(-1)?.ready === true;
    await rig.link.acked(id(n), { next: ready, waiting: 9 });
    if (ready) await rig.link.say(deliver(id(n + 1)));
    const { text } = await answer;
    await rig.read("event_ack");
    return text.includes(id(n + 1));
  }

  test("comes at most until the turn has had five events; it is taken when that answer was read", async () => {
    const rig = await Rig.waking();
    await woken(rig, id(1));
    for (const n of [1, 2, 3, 4]) expect(await drains(rig, n)).toBe(true);
    expect(rig.link.all("taken").map(({ of }) => of?.eventId)).toEqual([1, 2, 3, 4, 5].map(id));
    expect(await drains(rig, 5)).toBe(false);
    expect(rig.link.presence.ready).toBe(false);
    await rig.hook("Stop");
    expect(rig.link.presence.ready).toBe(true);
    expect(rig.waiters.woken).toEqual([id(1)]);
  });

  test("does not come once the user has typed in this turn", async () => {
    const rig = await Rig.waking();
    await woken(rig, id(1));
    await rig.hook("UserPromptSubmit", { prompt: "by the way" });
    expect(await drains(rig, 1)).toBe(false);
  });

  test("does not come by the channel: there it is the next notification", async () => {
    const rig = await Rig.online();
    await withEvent(rig, id(1));
    expect(await drains(rig, 1)).toBe(false);
  });

  test("is waited for no longer than 2 s; then it wakes the session when the turn has ended", async () => {
    const rig = await Rig.waking();
    await woken(rig);
    const answer = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1, { next: true, waiting: 1 });
    await rig.clock.pass(2_000);
    expect((await answer).text).not.toContain(E2);
    await rig.link.say(deliver(E2));
    expect(rig.waiters.woken).toEqual([E1]);
    await rig.hook("Stop");
    expect(rig.waiters.woken).toEqual([E1, E2]);
  });

  test("an answer that was never read is no receipt: the event wakes the session after the turn", async () => {
    const rig = await Rig.waking();
    await woken(rig);
    const answer = rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1, { next: true });
    await rig.link.say(deliver(E2));
    await answer;
    await rig.hook("Stop");
    expect(rig.waiters.woken).toEqual([E1, E2]);
    expect(rig.link.all("taken")).toHaveLength(1);
  });
});

describe("state on disk", () => {
  const orphan = (more: object = {}) =>
    JSON.stringify({
      version: 1,
      owner: { pid: 99, startedAt: "before" },
      fingerprint: "f",
      session: "session-1",
      savedAt: 0,
      inHand: null,
      unconfirmed: [
        { eventId: E1, delivery: 2, outcome: "done", summary: "was done", retryAfterSeconds: null },
      ],
      recent: [{ eventId: E2, delivery: 7 }],
      wakes: true,
      ...more,
    });
  const withFile = (text: string) => {
    const disk = new FakeDisk();
    disk.files.set("/state/orphan.json", text);
    return disk;
  };

  test("what a plugin that is gone has left is adopted, in the own file first", async () => {
    const disk = withFile(orphan());
    const rig = await Rig.online({ disk });
    expect(rig.link.one("hello").unconfirmed).toMatchObject([
      { of: { eventId: E1, delivery: 2 }, summary: "was done" },
    ]);
    expect([...disk.files.keys()]).toEqual(["/state/instance-1.json"]);
    expect(disk.files.get("/state/instance-1.json")).toContain("was done");
    await rig.link.acked(E1, { delivery: 2 });
    expect(disk.files.get("/state/instance-1.json")).not.toContain("was done");
    void rig.call("event_ack", { event_id: E2, summary: "late" });
    await settle();
    expect(rig.link.one("ack").of).toMatchObject({ eventId: E2, delivery: 7 });
  });

  test("what belongs to one that lives, or to another account, is left alone", async () => {
    for (const [text, alive] of [
      [orphan(), [99]],
      [orphan({ fingerprint: "g" }), []],
    ] as const) {
      const disk = withFile(text);
      const rig = await Rig.online({ disk, alive: [...alive] });
      expect(rig.link.one("hello").unconfirmed).toEqual([]);
      expect(disk.files.get("/state/orphan.json")).toBe(text);
    }
  });

  test("what a plugin leaves that dies while this one is online is adopted, too", async () => {
    const disk = withFile(orphan());
    const alive = [99];
    const rig = await Rig.online({ disk, alive });
    expect(rig.link.all("ack")).toEqual([]);
    alive.pop();
    await rig.clock.pass(30_000);
    expect(rig.link.one("ack")).toMatchObject({ of: { eventId: E1, delivery: 2 }, ready: false });
    await rig.clock.pass(60_000);
    expect(rig.link.all("ack")).toHaveLength(1);
  });

  test("of another session only the acks are adopted", async () => {
    const rig = await Rig.online({ disk: withFile(orphan({ session: "session-2" })) });
    expect(rig.link.one("hello").unconfirmed).toHaveLength(1);
    expect((await rig.call("event_ack", { event_id: E2, summary: "x" })).failed).toBe(true);
  });

  test("a file that the disk does not give does not keep the others from being adopted", async () => {
    const disk = withFile(orphan());
    disk.files.set("/state/a-folder.json", "");
    const read = disk.read.bind(disk);
    disk.read = async (path) => {
      if (path.includes("a-folder")) throw new Error("EISDIR");
      return read(path);
    };
    // The broken one comes first in the folder.
    disk.list = async () => ["a-folder.json", "orphan.json"];
    const rig = await Rig.online({ disk });
    expect(rig.link.one("hello").unconfirmed).toHaveLength(1);
    expect(rig.logged.join()).toContain("a state file can't be used");
  });

  test("a file that can't be read is moved aside and told", async () => {
    for (const text of [
      "",
      "{",
      "[]",
      orphan({ version: "2" }),
      orphan({ unconfirmed: [{ eventId: "x" }] }),
    ]) {
      const disk = withFile(text);
      const rig = await Rig.online({ disk });
      expect(rig.link.one("hello").unconfirmed).toEqual([]);
      expect(disk.files.get("/state/orphan.json.broken")).toBe(text);
      expect(rig.logged.join()).toContain("moved aside");
    }
  });

  test("a file of another version is left where it is: its own plugin may live, and understands it", async () => {
    const text = orphan({ version: 2, unconfirmed: "written otherwise" });
    const disk = withFile(text);
    const rig = await Rig.online({ disk });
    expect(rig.link.one("hello").unconfirmed).toEqual([]);
    expect(disk.files.get("/state/orphan.json")).toBe(text);
  });
});
