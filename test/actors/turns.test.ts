/** Lanes whose policy is round robin: who is given what (promise 3), with one session and with several. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Policy } from "../../src/domain/turns.ts";
import { Box, MINUTE, type TestPlugin } from "../world/box.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-turns-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const setPolicy = (box: Box, policy: Policy) =>
  box.box.lanes.change(box.box.account.id, "tag:", { policy }, "laptop");

async function roundRobin(options: Parameters<typeof Box.start>[0] = {}): Promise<Box> {
  const box = await Box.start(options);
  await setPolicy(box, "round-robin");
  return box;
}

/** Comes for each letter of the text: a source each, `p` is a person. What they are called by then. */
async function arrive(box: Box, text: string, more: Parameters<Box["arrives"]>[0] = {}) {
  const letters = new Map<string, string>();
  for (const letter of text) {
    const who = letter === "p" ? ({ origin: "chat" } as const) : { sourceId: `src_${letter}` };
    letters.set(await box.arrives({ ...who, ...more }), letter);
  }
  return letters;
}

/** Acks all that it is given; in which order it came. */
async function worksOff(plugin: TestPlugin, letters: ReadonlyMap<string, string>): Promise<string> {
  for (let more = true; more; ) more = (await plugin.acks()).next;
  return plugin.shown.map(({ eventId }) => letters.get(eventId) ?? "?").join("");
}

describe("sources take turns", () => {
  test("however much one of them has sent before the others", async () => {
    const box = await roundRobin();
    const letters = await arrive(box, "aaaaaabbc");
    expect(await worksOff(await box.plugin().connect(), letters)).toBe("abcabaaaa");
  });

  test("inside a band: what has priority goes before, and what comes back before that", async () => {
    const box = await roundRobin();
    const normal = await arrive(box, "aab");
    const priority = await arrive(box, "ddc", { priority: "priority" });
    const plugin = await box.plugin().connect();
    await box.clock.pass(11 * 1_000);
    expect(plugin.shown[0]?.eventId).toBe([...priority.keys()][2]);
    await plugin.says({});
    expect(await worksOff(plugin, new Map([...normal, ...priority]))).toBe("ccddaba");
  });

  test("and what comes while they do has its turn, too", async () => {
    const box = await roundRobin();
    const first = await arrive(box, "aaac");
    const plugin = await box.plugin().connect();
    const then = await arrive(box, "bb");
    expect(await worksOff(plugin, new Map([...first, ...then]))).toBe("abcaba");
  });

  test("only while the lane's policy says so", async () => {
    const box = await roundRobin();
    const letters = await arrive(box, "aaabbb");
    const plugin = await box.plugin().connect();
    await plugin.acks();
    await setPolicy(box, "fifo");
    expect(await worksOff(plugin, letters)).toBe("abaabb");
    expect(await box.box.lanes.list(box.box.account.id)).toEqual([]);
  });

  test("and several sessions take them together, not each for itself", async () => {
    const box = await roundRobin();
    const letters = await arrive(box, "aaabbbccc");
    const one = await box.plugin().connect();
    const two = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    for (let i = 0; i < 4; i++) {
      await one.acks();
      await two.acks();
    }
    const order = [0, 1, 2, 3].flatMap((i) => [one.shown[i], two.shown[i]]);
    expect(order.map((shown) => letters.get(shown?.eventId ?? "")).join("")).toBe("abcabcab");
  });

  test("what is coalesced keeps the place of its source", async () => {
    const box = await roundRobin();
    const coalesce = { key: "k", windowMs: MINUTE };
    await arrive(box, "a", { coalesce });
    const letters = await arrive(box, "ab");
    const newer = await arrive(box, "a", { coalesce });
    expect(await worksOff(await box.plugin().connect(), new Map([...letters, ...newer]))).toBe("aba");
  });

  test("a session that takes no messages is given the next of the others", async () => {
    const box = await roundRobin();
    const message = await box.arrives({ origin: "message" });
    const letters = await arrive(box, "aab");
    const plugin = await box.plugin().connect({ messaging: false });
    expect(await worksOff(plugin, letters)).toBe("aba");
    expect(await box.state(message)).toBe("queued");
  });
});

describe("people", () => {
  test("wait for one event of others at most, and others for one of theirs", async () => {
    const box = await roundRobin();
    const letters = await arrive(box, "aaabbbpppp");
    expect(await worksOff(await box.plugin().connect(), letters)).toBe("papbpapbab");
  });

  test("who come while something is handled are next", async () => {
    const box = await roundRobin();
    const letters = await arrive(box, "aaaabbbb");
    const plugin = await box.plugin().connect();
    for (let i = 0; i < 3; i++) await plugin.acks();
    const person = await arrive(box, "p");
    await plugin.acks();
    expect(person.has(plugin.last.eventId)).toBe(true);
    expect(await worksOff(plugin, new Map([...letters, ...person]))).toBe("ababpabab");
  });

  test("come first after a restart, which forgets whose turn it was", async () => {
    const path = join(folder, "restart.db");
    const before = await roundRobin({ path });
    const letters = await arrive(before, "aaabbb");
    const plugin = await before.plugin().connect();
    await plugin.acks();
    const person = await arrive(before, "p");
    await before.kill();
    const box = await Box.start({ path, clock: before.clock });
    const again = await box.plugin({ instance: "instance-2" }).connect();
    expect(letters.get(again.last.eventId)).toBe("b");
    await again.acks();
    expect(person.has(again.last.eventId)).toBe(true);
    await box.kill();
  });
});

describe("copies of a fan-out", () => {
  const two = async (box: Box) => {
    const seats = ["s1", "s2"].map((session) => box.plugin({ session, instance: `instance-${session}` }));
    for (const seat of seats) await seat.connect({ ready: false });
    return seats as [TestPlugin, TestPlugin];
  };

  test("neither wait for all that is for anybody, nor does that wait for them", async () => {
    const box = await roundRobin();
    const [one] = await two(box);
    const copies = await arrive(box, "ffff", { fanout: "all" });
    const others = await arrive(box, "aaabbb");
    await one.says({ ready: true });
    expect(await worksOff(one, new Map([...copies, ...others]))).toBe("abfabfabff");
  });

  test("don't leave before an older event of their source that is for anybody", async () => {
    const box = await roundRobin();
    const older = await arrive(box, "ff", { fanout: "all" });
    const [one] = await two(box);
    const copies = await arrive(box, "f", { fanout: "all" });
    const others = await arrive(box, "g");
    await one.says({ ready: true });
    const letters = new Map([...older, ...others]);
    for (const id of copies.keys()) letters.set(id, "c");
    expect(await worksOff(one, letters)).toBe("fgfc");
  });
});

test("of what is kept for a session that takes no messages any more others have the messages alone", async () => {
  const box = await roundRobin();
  const [one, two] = ["s1", "s2"].map((session) => box.plugin({ session, instance: `instance-${session}` }));
  if (one === undefined || two === undefined) throw new Error("there are two");
  await one.connect({ ready: false });
  const message = await box.arrives({ origin: "message", fanout: "all" });
  const webhook = await box.arrives({ sourceId: "src_a", fanout: "all" });
  // Its name stands before those of messages.
  const cron = await box.arrives({ origin: "cron", sourceId: "cron_a", fanout: "all" });
  await one.connect({ ready: false, messaging: false });
  await two.connect();
  expect(two.shown.map(({ eventId }) => eventId)).toEqual([message]);
  await two.acks();
  expect(two.shown).toHaveLength(1);
  expect([await box.state(webhook), await box.state(cron)]).toEqual(["queued", "queued"]);
});

test("nor do they get such a message before an older one of its source that is for anybody", async () => {
  const box = await roundRobin();
  const seats = ["s1", "s2", "s3"].map((session) => box.plugin({ session, instance: `instance-${session}` }));
  const [one, two, three] = seats;
  if (one === undefined || two === undefined || three === undefined) throw new Error("there are three");
  // The first of source a has been given to somebody: of what is for anybody it is the turn of b.
  await three.connect();
  const message = (sourceId: string, more: object = {}) =>
    box.arrives({ origin: "message", sourceId, ...more });
  await message("a");
  const older = await message("a");
  const other = await message("b");
  await one.connect({ ready: false });
  await message("a", { fanout: "all" });
  await box.arrives({ origin: "cron", sourceId: "cron_a", fanout: "all" });
  const waiting = await box.store.events(box.box.account.id, { states: ["queued"], limit: 20 });
  const copy = waiting.find(({ facts }) => facts.origin === "message" && facts.details?.addressee === "s1");
  await one.connect({ ready: false, messaging: false });
  await two.connect();
  for (let acked = 0; acked < 3; acked++) await two.acks();
  const shown = two.shown.map(({ eventId }) => eventId);
  expect(shown).toEqual([other, older, copy?.facts.id]);
});

test("a turn whose claim was not stored is still to come", async () => {
  let fails = false;
  const box = await roundRobin({
    wrap: (store) => ({
      ...store,
      async commit(writes) {
        if (fails && writes.some(({ kind }) => kind === "event")) {
          fails = false;
          throw new Error("the disk fails");
        }
        return store.commit(writes);
      },
    }),
  });
  const letters = await arrive(box, "aabb");
  const plugin = await box.plugin().connect({ ready: false });
  fails = true;
  await plugin.says({ ready: true });
  expect(plugin.shown).toEqual([]);
  await box.clock.pass(1_000);
  await plugin.says({ ready: true });
  expect(await worksOff(plugin, letters)).toBe("abab");
});

test("a lane whose sources take no turns is asked nothing more", async () => {
  let asked = 0;
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      isSorted: (...of) => {
        asked += 1;
        return store.isSorted(...of);
      },
      turns: (...of) => {
        asked += 1;
        return store.turns(...of);
      },
    }),
  });
  const letters = await arrive(box, "aab");
  expect(await worksOff(await box.plugin().connect(), letters)).toBe("aab");
  expect(asked).toBe(0);
});
