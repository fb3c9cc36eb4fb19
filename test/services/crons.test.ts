/** Crons on the real store and a simulated clock: they fire once, however the server is stopped and the clock is set. */
import { describe, expect, test } from "vitest";
import type { CronRecord } from "../../src/domain/cron.ts";
import { cronState } from "../../src/domain/cron.ts";
import type { EventRecord } from "../../src/domain/event.ts";
import { EVENT_STATES } from "../../src/domain/event.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { Box, LIMITS, MINUTE, SECOND } from "../world/box.ts";
import { SimulatedClock, settle } from "../world/simulated-clock.ts";

const HOUR = 60 * MINUTE;

/** A full hour. */
const START = Date.UTC(2026, 0, 5, 10);

async function world(options: Parameters<typeof Box.start>[0] = {}): Promise<Box> {
  const clock = options.clock ?? new SimulatedClock();
  if (options.clock === undefined) clock.jump(START - clock.now());
  return Box.start({ ...options, clock });
}

const create = ({ box }: Box, more: object = {}): Promise<CronRecord> =>
  box.crons.create(box.account, { schedule: "0 * * * *", prompt: "/catchup", ...more });

async function madeBy({ store, box }: Box, cron: CronRecord): Promise<EventRecord[]> {
  const all = await store.events(box.account.id, { states: EVENT_STATES, limit: 500 });
  return all.filter(({ facts }) => facts.sourceId === cron.id).sort((a, b) => dueAt(a) - dueAt(b));
}

const dueAt = ({ facts }: EventRecord): number => facts.details?.due?.at ?? 0;
const hoursOf = (events: readonly EventRecord[]): number[] =>
  events.map((event) => (dueAt(event) - START) / HOUR);

describe("a cron that is due", () => {
  test("makes an event with its prompt, its lane and its priority, and tells when it is due next", async () => {
    const world_ = await world();
    const { box, clock, store } = world_;
    const cron = await create(world_, { tag: "deploys", priority: "priority", label: "morning" });
    expect(await box.firing.fireDue()).toBe(START + HOUR);
    expect(await madeBy(world_, cron)).toEqual([]);
    clock.jump(HOUR + SECOND);
    expect(await box.firing.fireDue()).toBe(START + 2 * HOUR);
    const [event] = await madeBy(world_, cron);
    expect(event?.facts).toMatchObject({
      lane: "tag:deploys",
      origin: "cron",
      priority: "priority",
      from: "morning",
      type: "cron.fired",
      verifiedBy: null,
      details: { due: { at: START + HOUR, timezone: "UTC" } },
    });
    expect(await store.content(event?.facts.id ?? "")).toMatchObject({ prompt: "/catchup", payload: "" });
  });

  test("reaches an idle session at once, as its owner's word, with its time", async () => {
    const world_ = await world();
    const cron = await create(world_, { timezone: "Europe/Berlin" });
    const plugin = await world_.plugin().connect();
    world_.clock.jump(HOUR + 5 * MINUTE);
    await world_.box.firing.fireDue();
    await settle();
    expect(plugin.last.content).toContain(
      `from cron ${cron.id}. Type cron.fired. Due Mon 2026-01-05 12:00 GMT+01:00, 5 minutes late.`,
    );
    expect(plugin.last.content).toContain("From the owner of this box, for this kind of event:\n/catchup");
    expect(plugin.last.content).not.toContain("payload-");
  });

  test("carries its own reminder and timeout", async () => {
    const world_ = await world();
    const cron = await create(world_, { options: { remindSeconds: 60, timeoutSeconds: 600 } });
    world_.clock.jump(HOUR);
    await world_.box.firing.fireDue();
    const [event] = await madeBy(world_, cron);
    expect(event?.facts.details).toMatchObject({ remindMs: 60_000, timeoutMs: 600_000 });
    await expect(
      create(world_, { options: { timeoutSeconds: LIMITS.holdMs / 1_000 + 1 } }),
    ).rejects.toMatchObject({ code: "bad_deadline" });
  });

  test("and that can't fire keeps no other from firing", async () => {
    const world_ = await world({
      wrap: (store) => ({
        ...store,
        commit: (writes) =>
          writes.some((write) => write.kind === "append" && write.record.facts.from === "broken")
            ? Promise.reject(new Error("of this one alone"))
            : store.commit(writes),
      }),
    });
    const { box, clock } = world_;
    const broken = await create(world_, { label: "broken" });
    const well = await create(world_);
    clock.jump(HOUR);
    expect(await box.firing.fireDue()).toBe(clock.now() + SECOND);
    expect(hoursOf(await madeBy(world_, well))).toEqual([1]);
    expect(await box.crons.find(box.account, broken.id)).toMatchObject({
      actor: { context: { nextAt: START + HOUR } },
    });
  });
});

test("however many can't fire, the others do", async () => {
  const world_ = await world({
    wrap: (store) => ({
      ...store,
      commit: (writes) =>
        writes.some((write) => write.kind === "append" && write.record.facts.from === "broken")
          ? Promise.reject(new Error("of these alone"))
          : store.commit(writes),
    }),
  });
  const { box, clock } = world_;
  for (let i = 0; i < 60; i++) await create(world_, { label: "broken", schedule: "59 * * * *" });
  const well = await create(world_);
  clock.jump(HOUR);
  expect(await box.firing.fireDue()).toBe(clock.now() + SECOND);
  expect(hoursOf(await madeBy(world_, well))).toEqual([1]);
});

test("who is to leave fires no more of those that are due, and they stay due", async () => {
  const world_ = await world();
  const { box, clock } = world_;
  const crons: CronRecord[] = [];
  for (let i = 0; i < 120; i++) crons.push(await create(world_));
  clock.jump(HOUR);
  const leaving = new AbortController();
  const fired = box.firing.fireDue(leaving.signal);
  leaving.abort();
  await fired;
  const made = async () => (await Promise.all(crons.map((cron) => madeBy(world_, cron)))).flat().length;
  expect(await made()).toBeLessThan(60);
  await box.firing.fireDue();
  expect(await made()).toBe(120);
});

describe("a firing happens once", () => {
  /** The server dies when the event is stored and the cron has not been told. */
  const dying = (world_: { dead: boolean }) => (store: Store) => ({
    ...store,
    commit: (writes: Parameters<Store["commit"]>[0]) =>
      world_.dead && writes.some(({ kind }) => kind === "cron")
        ? Promise.reject(new Error("killed"))
        : store.commit(writes),
  });

  test("and is not called missed where its event has filled the lane since", async () => {
    const trouble = { dead: false };
    const world_ = await world({ wrap: dying(trouble) });
    const { box, clock } = world_;
    await box.lanes.change(box.account.id, "tag:", { maxDepth: 1 }, "owner");
    const cron = await create(world_, { overlap: "queue" });
    clock.jump(HOUR);
    trouble.dead = true;
    await expect(box.firing.fireDue()).rejects.toThrow("killed");
    trouble.dead = false;
    clock.jump(SECOND);
    await box.firing.fireDue();
    const [event] = await madeBy(world_, cron);
    const { actor } = await box.crons.find(box.account, cron.id);
    expect(actor.context).toMatchObject({ fired: 1, missed: 0, eventId: event?.facts.id });
  });

  test.each(["queue", "coalesce", "skip"])(
    "where the server dies between the event and the cron (%s)",
    async (overlap) => {
      const trouble = { dead: false };
      const world_ = await world({ wrap: dying(trouble) });
      const { box, clock } = world_;
      const cron = await create(world_, { overlap });
      clock.jump(HOUR);
      trouble.dead = true;
      await expect(box.firing.fireDue()).rejects.toThrow("killed");
      expect(hoursOf(await madeBy(world_, cron))).toEqual([1]);
      trouble.dead = false;
      clock.jump(SECOND);
      expect(await box.firing.fireDue()).toBe(START + 2 * HOUR);
      const events = await madeBy(world_, cron);
      expect(hoursOf(events)).toEqual([1]);
      expect(events[0]?.actor.value).toBe("queued");
    },
  );

  test("where the clock is set back, and comes to the same time again", async () => {
    const world_ = await world();
    const { box, clock } = world_;
    const cron = await create(world_, { overlap: "queue" });
    for (const ms of [HOUR, -30 * MINUTE, HOUR, HOUR]) {
      clock.jump(ms);
      await box.firing.fireDue();
    }
    expect(hoursOf(await madeBy(world_, cron))).toEqual([1, 2]);
  });

  test("where it is asked for twice at the same moment", async () => {
    const world_ = await world();
    const cron = await create(world_, { overlap: "queue" });
    world_.clock.jump(HOUR);
    await Promise.all([world_.box.firing.fireDue(), world_.box.firing.fireDue()]);
    expect(hoursOf(await madeBy(world_, cron))).toEqual([1]);
  });

  test("a clock that was years ahead does not keep it from firing for years", async () => {
    const world_ = await world();
    const { box, clock } = world_;
    const cron = await create(world_, { overlap: "queue", misfire: "skip" });
    clock.jump(24 * 365 * HOUR);
    await box.firing.fireDue();
    clock.jump(-24 * 365 * HOUR);
    expect(await box.firing.fireDue()).toBe(START + HOUR);
    clock.jump(HOUR);
    await box.firing.fireDue();
    expect(hoursOf(await madeBy(world_, cron)).at(0)).toBe(1);
  });
});

describe("what was missed while the server was down", () => {
  test.each([
    ["once", [3], 3, 3],
    ["skip", [], 0, 3],
    ["all", [1, 2, 3], 0, 3],
  ] as const)("%s", async (misfire, hours, standsFor, missed) => {
    const world_ = await world();
    const { box, clock } = world_;
    const cron = await create(world_, { misfire });
    clock.jump(3 * HOUR + 20 * MINUTE);
    await box.firing.fireDue();
    const events = await madeBy(world_, cron);
    expect(hoursOf(events)).toEqual(hours);
    expect(events.at(-1)?.facts.details?.standsFor ?? 0).toBe(standsFor);
    const { context } = (await box.crons.find(box.account, cron.id)).actor;
    expect(context).toMatchObject({ missed, missedAt: START + 3 * HOUR, missedBecause: "late" });
  });
});

describe("while the last event is not done", () => {
  test("coalesce: a waiting one is replaced in its place, and counted", async () => {
    const world_ = await world();
    const { box, clock, store } = world_;
    const cron = await create(world_);
    clock.jump(HOUR);
    await box.firing.fireDue();
    const other = await world_.arrives();
    clock.jump(HOUR);
    await box.firing.fireDue();
    clock.jump(2 * HOUR);
    await box.firing.fireDue();
    const events = await madeBy(world_, cron);
    expect(events.map(({ actor }) => actor.value)).toEqual(["superseded", "superseded", "queued"]);
    expect(events.at(-1)?.facts.details?.standsFor).toBe(4);
    const heads = await store.heads(box.account.id, "tag:", 10);
    expect(heads.map(({ facts }) => facts.id)).toEqual([events.at(-1)?.facts.id, other]);
  });

  test("coalesce: one that a session has in hand stays, and the new one waits behind it", async () => {
    const world_ = await world();
    const cron = await create(world_);
    await world_.plugin().connect();
    world_.clock.jump(HOUR);
    await world_.box.firing.fireDue();
    await settle();
    world_.clock.jump(HOUR);
    await world_.box.firing.fireDue();
    const events = await madeBy(world_, cron);
    expect(events).toHaveLength(2);
    expect(events[1]?.actor.value).toBe("queued");
    expect(events[1]?.facts.details?.standsFor).toBeUndefined();
  });

  test("skip: nothing is made until it is done, and what was left out is counted", async () => {
    const world_ = await world();
    const { box, clock } = world_;
    const cron = await create(world_, { overlap: "skip" });
    for (let i = 0; i < 3; i++) {
      clock.jump(HOUR);
      await box.firing.fireDue();
    }
    expect(hoursOf(await madeBy(world_, cron))).toEqual([1]);
    expect((await box.crons.find(box.account, cron.id)).actor.context).toMatchObject({
      missed: 2,
      missedBecause: "overlap",
    });
    const plugin = await world_.plugin().connect();
    await plugin.surfaced();
    await plugin.acks();
    clock.jump(HOUR);
    await box.firing.fireDue();
    expect(hoursOf(await madeBy(world_, cron))).toEqual([1, 4]);
  });
});

describe("its owner", () => {
  test("changes some of it, and the rest stays", async () => {
    const world_ = await world();
    const { box } = world_;
    const cron = await create(world_, { label: "morning", tag: "deploys", maxLatenessMinutes: 30 });
    const changed = await box.crons.change(box.account, cron.id, { schedule: "30 * * * *", label: "" });
    expect(changed).toMatchObject({
      label: null,
      prompt: "/catchup",
      lane: "tag:deploys",
      actor: { context: { nextAt: START + 30 * MINUTE, maxLatenessMs: 30 * MINUTE, misfire: "once" } },
    });
    expect(await box.crons.find(box.account, cron.id)).toEqual(changed);
  });

  test("pauses it and lets it go on: what came meanwhile was not missed", async () => {
    const world_ = await world();
    const { box, clock } = world_;
    const cron = await create(world_);
    expect(cronState(await box.crons.change(box.account, cron.id, {}, { paused: true }))).toBe("paused");
    clock.jump(3 * HOUR + MINUTE);
    expect(await box.firing.fireDue()).toBeNull();
    const resumed = await box.crons.change(box.account, cron.id, {}, { paused: false });
    expect(resumed.actor.context).toMatchObject({ nextAt: START + 4 * HOUR, missed: 0 });
    expect(await madeBy(world_, cron)).toEqual([]);
  });

  test("has it run now, as often as he likes, and its schedule stays", async () => {
    const world_ = await world();
    const { box } = world_;
    const cron = await create(world_);
    const [first, second] = [
      await box.crons.run(box.account, cron.id),
      await box.crons.run(box.account, cron.id),
    ];
    expect(first.eventId).not.toBe(second.eventId);
    expect(second.cron.actor.context).toMatchObject({
      nextAt: START + HOUR,
      fired: 2,
      eventId: second.eventId,
    });
    expect(await madeBy(world_, cron)).toHaveLength(2);
  });

  test("deletes it: it fires no more, and what it has made stays", async () => {
    const world_ = await world();
    const { box, clock } = world_;
    const cron = await create(world_);
    clock.jump(HOUR);
    await box.firing.fireDue();
    expect(await box.crons.remove(box.account, cron.id)).toBe(true);
    expect(await box.crons.remove(box.account, cron.id)).toBe(false);
    clock.jump(HOUR);
    expect(await box.firing.fireDue()).toBeNull();
    expect(hoursOf(await madeBy(world_, cron))).toEqual([1]);
  });

  test("is told that it is due sooner than was known", async () => {
    const world_ = await world();
    let told = 0;
    world_.box.crons.onSooner(() => {
      told += 1;
    });
    await create(world_);
    expect(told).toBe(1);
  });

  test.each([
    [{ schedule: "61 * * * *" }, "schedule: has a wrong minute (0-59). A good one:"],
    [{ prompt: " " }, "prompt: is empty"],
    [{ label: "<b>" }, "label: has at most 64"],
    [{ timezone: "Mars/Olympus" }, "timezone: is no time zone"],
    [{ misfire: "never" }, "misfire: is one of once, skip, all"],
    [{ overlap: "never" }, "overlap: is one of coalesce, queue, skip"],
    [{ maxLatenessMinutes: -1 }, "maxLatenessMinutes"],
    [{ tag: "A B" }, "tag: "],
    [{ priority: "now" }, "priority: is one of"],
    [{ mistake: 1 }, "mistake"],
  ])("is told what is wrong with %j", async (more, words) => {
    const world_ = await world();
    await expect(create(world_, more)).rejects.toMatchObject({
      kind: "invalid",
      code: "bad_cron",
      message: expect.stringContaining(words),
    });
  });
});

test("crons of another account look like crons that do not exist", async () => {
  const world_ = await world();
  const { box } = world_;
  const cron = await create(world_);
  const other = { ...box.account, id: `acc_${"0".repeat(26)}` };
  const missing = { kind: "missing", code: "unknown_cron" };
  await expect(box.crons.find(other, cron.id)).rejects.toMatchObject(missing);
  await expect(box.crons.change(other, cron.id, { prompt: "x" })).rejects.toMatchObject(missing);
  await expect(box.crons.run(other, cron.id)).rejects.toMatchObject(missing);
  expect(await box.crons.remove(other, cron.id)).toBe(false);
  expect(await box.crons.list(other, "", 10)).toEqual([]);
});

test("an account has a bounded number of crons, and one that is deleted makes room", async () => {
  const world_ = await world();
  const { box } = world_;
  const crons = await Promise.all(Array.from({ length: 1_000 }, () => create(world_)));
  await expect(create(world_)).rejects.toMatchObject({ code: "too_many_crons", kind: "invalid" });
  await box.crons.change(box.account, crons[0]?.id ?? "", { prompt: "/other" });
  await box.crons.remove(box.account, crons[0]?.id ?? "");
  await create(world_);
});

describe("a cron whose lane is full", () => {
  const bounded = async () => {
    const world_ = await world();
    await world_.box.lanes.change(world_.box.account.id, "tag:", { maxDepth: 1 }, "owner");
    return world_;
  };

  test("makes no event, counts the time as missed and says why, and fires once there is room", async () => {
    const world_ = await bounded();
    const { box, clock } = world_;
    const cron = await create(world_);
    await world_.arrives();
    clock.jump(HOUR + SECOND);
    await box.firing.fireDue();
    expect(await madeBy(world_, cron)).toEqual([]);
    const [record] = await box.crons.list(box.account, "", 10);
    expect(record?.actor.context).toMatchObject({ fired: 0, missed: 1, missedBecause: "full" });
    await box.lanes.change(box.account.id, "tag:", { maxDepth: 0 }, "owner");
    clock.jump(HOUR);
    await box.firing.fireDue();
    expect(hoursOf(await madeBy(world_, cron))).toEqual([2]);
  });

  test("takes the place of its firing that waits there: the lane does not grow by it", async () => {
    const world_ = await bounded();
    const { box, clock } = world_;
    const cron = await create(world_);
    clock.jump(HOUR + SECOND);
    await box.firing.fireDue();
    clock.jump(HOUR);
    await box.firing.fireDue();
    const made = await madeBy(world_, cron);
    expect(made.map(({ actor }) => actor.value)).toEqual(["superseded", "queued"]);
  });
});
