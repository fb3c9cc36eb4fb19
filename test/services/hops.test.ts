/** Loops end: what a session causes stands one hop further from what came from outside, also through crons. */
import { beforeEach, describe, expect, test } from "vitest";
import { MOST_HOPS } from "../../src/domain/message.ts";
import { Box, MINUTE, type TestPlugin } from "../world/box.ts";
import { settle } from "../world/simulated-clock.ts";

let box: Box;
let plugin: TestPlugin;
let calls = 0;
const caller = { from: { session: "s1", instance: "instance-1" }, cause: null as string | null };

beforeEach(async () => {
  box = await Box.start();
  plugin = await box.plugin().connect();
});

const creates = (by: typeof caller | null = caller, more: object = {}) =>
  box.box.crons.create(box.box.account, { schedule: "0 * * * *", prompt: "/catchup", ...more }, by);

async function runs(id: string, by: typeof caller | null = caller, requestId?: string) {
  calls += 1;
  const ran = await box.box.crons.run(box.box.account, id, by, requestId ?? `request-${calls}`);
  await settle();
  return ran;
}

const hopsOf = async (id: string) => (await box.record(id)).facts.details?.hops ?? 0;
const tooFar = expect.objectContaining({ code: "too_many_hops" });

describe("cron_run", () => {
  test("with nothing in hand starts at none; with an event in hand it is one hop further, and names it", async () => {
    const { id } = await creates();
    const first = await runs(id);
    expect((await box.record(first.eventId)).facts.details).toBeNull();
    const second = await runs(id);
    expect((await box.record(second.eventId)).facts.details).toMatchObject({ hops: 1, cause: first.eventId });
  });

  test("counts an event that was acked before, and nobody who has no link", async () => {
    const { id } = await creates();
    const { eventId } = await runs(id);
    await plugin.acks();
    expect(await hopsOf((await runs(id, { ...caller, cause: eventId })).eventId)).toBe(1);
    expect(await hopsOf((await runs(id, null)).eventId)).toBe(0);
    const stranger = { from: { session: "s9", instance: "instance-9" }, cause: eventId };
    expect(await hopsOf((await runs(id, stranger)).eventId)).toBe(0);
  });

  test("a cron whose event runs it again ends", async () => {
    const { id } = await creates();
    for (let hops = 0; hops <= MOST_HOPS; hops++) {
      const { eventId } = await runs(id);
      expect(await hopsOf(eventId)).toBe(hops);
      if (hops > 0) await plugin.acks();
    }
    await expect(runs(id)).rejects.toEqual(tooFar);
  });

  test("of the same request is one event, and counts once", async () => {
    const { id } = await creates();
    const first = await runs(id, caller, "the-same-request");
    const again = await runs(id, caller, "the-same-request");
    expect(again.eventId).toBe(first.eventId);
    expect(again.cron.actor.context.fired).toBe(1);
    expect((await runs(id)).eventId).not.toBe(first.eventId);
  });
});

describe("a cron that was made because of an event", () => {
  test("fires from one hop further, also after it was changed", async () => {
    await box.arrives({ details: { hops: 3 } });
    const { id } = await creates(caller, { options: { remindSeconds: 60 } });
    await box.box.crons.change(box.box.account, id, { prompt: "/other", options: { timeoutSeconds: 600 } });
    await plugin.acks();
    await box.clock.pass(60 * MINUTE);
    await box.box.firing.fireDue();
    const { eventId } = (await box.box.crons.find(box.box.account, id)).actor.context;
    expect((await box.record(eventId ?? "")).facts.details).toMatchObject({
      hops: 4,
      timeoutMs: 600_000,
    });
    expect(await hopsOf((await runs(id)).eventId)).toBe(4);
  });

  test("keeps that event, and what whoever changes it last has in hand; a change by nobody's session leaves it", async () => {
    const first = await box.arrives();
    const { id } = await creates();
    const cron = () => box.box.crons.find(box.box.account, id);
    const { from } = (await box.record(first)).facts;
    expect((await cron()).options).toEqual({ hops: 1, cause: { event: first, origin: "webhook", from } });
    await plugin.acks();
    await box.box.crons.change(box.box.account, id, { prompt: "/other" });
    expect((await cron()).options?.cause?.event).toBe(first);
    const second = await box.arrives({ details: { hops: 3 } });
    const by = { ...caller, cause: second };
    await box.box.crons.change(box.box.account, id, { options: { remindSeconds: 60 } }, { by });
    expect((await cron()).options).toMatchObject({ hops: 4, remindSeconds: 60, cause: { event: second } });
  });

  test("is refused where that is too far", async () => {
    await box.arrives({ details: { hops: MOST_HOPS } });
    await expect(creates()).rejects.toEqual(tooFar);
    expect(await creates(null)).toMatchObject({ options: null });
  });

  test("its hops are nobody's to set", async () => {
    await expect(creates(caller, { options: { hops: 0 } })).rejects.toMatchObject({ kind: "invalid" });
    const cause = { event: "evt_1", origin: "webhook", from: "github" };
    await expect(creates(caller, { options: { cause } })).rejects.toMatchObject({ kind: "invalid" });
  });
});
