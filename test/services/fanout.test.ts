/** `fanout: all` of a cron and of a message: each session its own, and once, whatever breaks in between (promises 1, 6). */
import { describe, expect, test } from "vitest";
import { EVENT_STATES } from "../../src/domain/event.ts";
import { Box, MINUTE, SECOND, type TestPlugin } from "../world/box.ts";
import { SimulatedClock, settle } from "../world/simulated-clock.ts";

const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 5, 10);

async function world(options: Parameters<typeof Box.start>[0] = {}) {
  const clock = new SimulatedClock();
  clock.jump(START - clock.now());
  const box = await Box.start({ ...options, clock });
  const seats: TestPlugin[] = [];
  const enters = async (session: string, more: object = {}) => {
    const plugin = box.plugin({ session, instance: `instance-of-${session}` });
    seats.push(await plugin.connect(more));
    return plugin;
  };
  const cron = (more: object = {}) =>
    box.box.crons.create(box.box.account, { schedule: "0 * * * *", prompt: "/catchup", ...more });
  const fires = async () => {
    clock.jump(HOUR);
    await box.box.firing.fireDue();
    await settle();
  };
  const waiting = async () => {
    const all = await box.store.events(box.box.account.id, { states: EVENT_STATES, limit: 500 });
    return all
      .filter(({ actor }) => actor.value === "queued")
      .map(({ facts }) => [facts.details?.addressee ?? "anybody", facts.details?.standsFor ?? 1])
      .sort();
  };
  return { box, clock, seats, enters, cron, fires, waiting };
}

const ALL = { options: { fanout: "all" } };

describe("a cron with fanout: all", () => {
  test("makes an event for each session that is connected", async () => {
    const { seats, enters, cron, fires } = await world();
    for (const session of ["s1", "s2", "s3"]) await enters(session);
    await cron(ALL);
    await fires();
    expect(seats.map(({ shown }) => shown.length)).toEqual([1, 1, 1]);
    expect(new Set(seats.map(({ last }) => last.eventId)).size).toBe(3);
  });

  test("makes one where nobody is connected, which takes the place of the one before", async () => {
    const { cron, fires, waiting } = await world();
    await cron(ALL);
    await fires();
    await fires();
    expect(await waiting()).toEqual([["anybody", 2]]);
  });

  test("leaves no more than one waiting for each session, unless it is to queue", async () => {
    for (const [overlap, left] of [
      [
        "coalesce",
        [
          ["s1", 2],
          ["s2", 2],
        ],
      ],
      [
        "queue",
        [
          ["s1", 1],
          ["s1", 1],
          ["s2", 1],
          ["s2", 1],
        ],
      ],
    ] as const) {
      const { enters, cron, fires, waiting } = await world();
      for (const session of ["s1", "s2"]) await enters(session, { ready: false });
      await cron({ ...ALL, overlap });
      await fires();
      await fires();
      expect(await waiting()).toEqual(left);
    }
  });

  test("that skips is busy while any of its sessions is", async () => {
    const { seats, enters, cron, fires, box } = await world();
    for (const session of ["s1", "s2"]) await enters(session);
    const { id } = await cron({ ...ALL, overlap: "skip" });
    await fires();
    await seats[0]?.acks();
    await fires();
    expect((await box.box.crons.find(box.box.account, id)).actor.context).toMatchObject({ fired: 1 });
    await seats[1]?.acks();
    await fires();
    expect((await box.box.crons.find(box.box.account, id)).actor.context).toMatchObject({ fired: 2 });
  });

  test.each(["queue", "coalesce"])(
    "fires once for each, also when the server dies between copies (%s)",
    async (overlap) => {
      let appends = 0;
      let dead = true;
      const { enters, cron, fires, waiting, clock, box } = await world({
        wrap: (store) => ({
          ...store,
          commit: (writes) => {
            appends += writes.filter(({ kind }) => kind === "append").length;
            return dead && appends > 1 ? Promise.reject(new Error("killed")) : store.commit(writes);
          },
        }),
      });
      for (const session of ["s1", "s2", "s3"]) await enters(session, { ready: false });
      await cron({ ...ALL, overlap });
      await fires();
      expect(await waiting()).toHaveLength(1);
      dead = false;
      await enters("s4", { ready: false });
      for (let again = 0; again < 2; again++) {
        clock.jump(SECOND);
        await box.box.firing.fireDue();
        expect(await waiting()).toEqual([
          ["s1", 1],
          ["s2", 1],
          ["s3", 1],
        ]);
      }
    },
  );

  test.each([
    ["queue", 1, { fired: 1, missed: 1 }],
    ["coalesce", 2, { fired: 2, missed: 0 }],
  ] as const)(
    "fires for all or for none where its lane has little room, and goes on (%s)",
    async (overlap, standsFor, then) => {
      const { box, enters, cron, fires, waiting } = await world();
      await box.box.lanes.change(box.box.account.id, "tag:", { maxDepth: 1 }, "owner");
      for (const session of ["s1", "s2"]) await enters(session, { ready: false });
      const { id } = await cron({ ...ALL, overlap });
      const state = async () => (await box.box.crons.find(box.box.account, id)).actor.context;
      await fires();
      expect(await waiting()).toEqual([
        ["s1", 1],
        ["s2", 1],
      ]);
      expect(await state()).toMatchObject({ fired: 1, missed: 0 });
      await fires();
      expect(await waiting()).toEqual([
        ["s1", standsFor],
        ["s2", standsFor],
      ]);
      expect(await state()).toMatchObject(then);
    },
  );

  test("that found nobody before has no room by what waits for anybody", async () => {
    const { box, enters, cron, fires, waiting } = await world();
    await box.box.lanes.change(box.box.account.id, "tag:", { maxDepth: 1 }, "owner");
    const { id } = await cron(ALL);
    await fires();
    await enters("s1", { ready: false });
    await fires();
    expect(await waiting()).toEqual([["anybody", 1]]);
    const { actor } = await box.box.crons.find(box.box.account, id);
    expect(actor.context).toMatchObject({ fired: 1, missed: 1 });
  });

  test("can be told to be for one again", async () => {
    const { box, cron } = await world();
    const { id, options } = await cron(ALL);
    expect(options).toEqual({ fanout: "all" });
    expect((await box.box.crons.change(box.box.account, id, { options: {} })).options).toBeNull();
  });
});

describe("a message with fanout: all", () => {
  const sending = async (target: string, more: object = {}) => {
    const made = await world();
    const { token } = await made.box.box.tokens.issue(made.box.box.account.id, "test", "session", []);
    const sends = () =>
      made.box.box.messages.send(token, {
        from: { session: "s1", instance: "instance-of-s1" },
        requestId: "request-1",
        target,
        text: "the build is red",
        priority: "normal",
        replyTo: null,
        cause: null,
        fanout: "all",
        ...more,
      });
    return { ...made, sends };
  };

  test("reaches each session of the lane but the one that sends it, and says how many", async () => {
    const { enters, sends, seats } = await sending("untagged");
    await enters("s1");
    await enters("s2");
    await enters("s3");
    await enters("s4", { messaging: false });
    expect(await sends()).toMatchObject({ posted: [{ outcome: "sent", copies: 2 }] });
    await settle();
    expect(seats.map(({ shown }) => shown.length)).toEqual([0, 1, 1, 0]);
    expect(await sends()).toMatchObject({ posted: [{ outcome: "sent", copies: 2 }] });
    await settle();
    expect(seats.map(({ shown }) => shown.length)).toEqual([0, 1, 1, 0]);
    expect(seats[2]?.last.content).toMatch(/from session untagged .*"the build is red"|the build is red/s);
  });

  test("waits as one where nobody is connected", async () => {
    const { enters, sends } = await sending("night");
    await enters("s1");
    expect(await sends()).toMatchObject({ posted: [{ outcome: "queued", copies: 1 }] });
  });
});
