/** `fanout: all`: each session its own copy, whatever breaks in between (promises 1, 6). */
import { expect, test } from "vitest";
import { Box, SECOND } from "../world/box.ts";

const three = async (box: Box) => {
  const seats = ["s1", "s2", "s3"].map((session) => box.plugin({ session, instance: `instance-${session}` }));
  for (const seat of seats) await seat.connect();
  return seats;
};

test("each session that is connected gets its own copy, and handles it alone", async () => {
  const box = await Box.start();
  const seats = await three(box);
  const id = await box.arrives({ fanout: "all", deliveryId: "d-1" });
  const shown = seats.map((seat) => seat.shown.map(({ eventId }) => eventId));
  expect(shown.map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(new Set(shown.flat()).size).toBe(3);
  expect(shown[0]).toEqual([id]);
  for (const seat of seats) expect(await seat.acks()).toMatchObject({ status: "settled", state: "acked" });
});

test("a copy waits for its session while that is busy, and nobody else is given it", async () => {
  const box = await Box.start();
  const [one, two] = [
    await box.plugin({ session: "s1", instance: "instance-1" }).connect(),
    await box.plugin({ session: "s2", instance: "instance-2" }).connect({ ready: false }),
  ];
  await box.arrives({ fanout: "all" });
  await one.acks();
  await one.says({ ready: true });
  expect([one.shown.length, two.shown.length]).toEqual([1, 0]);
  await two.says({ ready: true });
  expect(two.shown).toHaveLength(1);
});

test("the copy of a session that is gone goes to whoever is there", async () => {
  const box = await Box.start();
  const one = await box.plugin({ session: "s1", instance: "instance-1" }).connect();
  const two = await box.plugin({ session: "s2", instance: "instance-2" }).connect({ ready: false });
  await box.arrives({ fanout: "all" });
  await one.acks();
  await two.loses();
  await box.clock.pass(59 * SECOND);
  await one.says({ ready: true });
  expect(one.shown).toHaveLength(1);
  await box.clock.pass(2 * SECOND);
  await one.says({ ready: true });
  expect(one.shown).toHaveLength(2);
});

test("where nobody is connected the lane keeps one", async () => {
  const box = await Box.start();
  const id = await box.arrives({ fanout: "all" });
  const seats = await three(box);
  expect(seats.flatMap((seat) => seat.shown.map(({ eventId }) => eventId))).toEqual([id]);
});

test("a provider that sends again is told the first one's id, and no session gets another copy", async () => {
  const box = await Box.start();
  const seats = await three(box);
  const id = await box.arrives({ fanout: "all", deliveryId: "d-1" });
  const fourth = await box.plugin({ session: "s4", instance: "instance-4" }).connect();
  expect(await box.arrives({ fanout: "all", deliveryId: "d-1" })).toBe(id);
  for (const seat of seats) await seat.acks();
  expect(await box.arrives({ fanout: "all", deliveryId: "d-1" })).toBe(id);
  expect([...seats.map((seat) => seat.shown.length), fourth.shown.length]).toEqual([1, 1, 1, 0]);
});

/** Its store takes the first of all copies, and none behind it until `mended`. */
async function swallowing() {
  let appends = 0;
  let failing = true;
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      commit: (writes) => {
        appends += writes.filter(({ kind }) => kind === "append").length;
        return failing && appends > 1 ? Promise.reject(new Error("disk full")) : store.commit(writes);
      },
    }),
  });
  const seats = await three(box);
  for (const seat of seats) await seat.says({ ready: false });
  await expect(box.arrives({ fanout: "all", deliveryId: "d-1" })).rejects.toThrow();
  const mended = () => {
    failing = false;
    return box.clock.pass(SECOND);
  };
  return { box, seats, mended };
}

test("copies that a failing store has swallowed are made when the provider sends again", async () => {
  const { box, seats, mended } = await swallowing();
  await mended();
  await box.arrives({ fanout: "all", deliveryId: "d-1" });
  for (const seat of seats) await seat.says({ ready: true });
  expect(seats.map((seat) => seat.shown.length)).toEqual([1, 1, 1]);
});

test("they are made, too, where nobody is connected when it is sent again", async () => {
  const { box, seats, mended } = await swallowing();
  for (const seat of seats) await seat.loses();
  await mended();
  await box.arrives({ fanout: "all", deliveryId: "d-1" });
  for (const seat of seats) await seat.connect();
  expect(seats.map((seat) => seat.shown.length)).toEqual([1, 1, 1]);
});
