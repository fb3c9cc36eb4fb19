import { expect, test } from "vitest";
import type { SignalboxError } from "../../src/domain/errors.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { add, idsOf, mustStore, put } from "./acts.ts";
import { ACCOUNT, AT, acked, claimed, LANE, newSession, sessionTold } from "./records.ts";
import { newSource } from "./settings.ts";

function openDamageable() {
  const db = openDatabase({ path: ":memory:" });
  const told: SignalboxError[] = [];
  const store = sqliteStore(db, ":memory:", { log: (problem) => told.push(problem) });
  const damage = (
    id: string,
    actor = '{"version":1,"value":"queued","context":{"summary":"geheim"}}',
  ): void => {
    db.prepare("UPDATE events SET actor = ? WHERE id = ?").run(actor, id);
    db.prepare("UPDATE sessions SET actor = ? WHERE id = ?").run(actor, id);
  };
  const set = (
    table: "events" | "sessions" | "sources",
    id: string,
    column: string,
    value: string | number | bigint,
  ): void => {
    db.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`).run(value, id);
  };
  /** As after a start: what the first one has written is read. */
  const later = () => sqliteStore(db, ":memory:");
  return { store, told, damage, set, later };
}

test("an event that cannot be read is an error that names it and quotes nothing of it", async () => {
  const { store, damage } = openDamageable();
  const { facts } = await add(store);
  for (const actor of [
    '{"version":1,"value":"queued","context":{"summary":"geheim"}}',
    '{"geheim',
    '{"version":2}',
  ]) {
    damage(facts.id, actor);
    const error = await store.event(facts.id).catch((reason: SignalboxError) => reason);
    expect(error).toMatchObject({
      kind: "unavailable",
      code: "unreadable_record",
      message: expect.stringContaining(facts.id),
    });
    expect(JSON.stringify([error, String(error)])).not.toContain("geheim");
  }
});

test("a lane goes on behind an event that cannot be read, which is told once", async () => {
  const { store, told, damage } = openDamageable();
  const [first, second, third] = [await add(store), await add(store), await add(store)];
  damage(first.facts.id);
  for (let i = 0; i < 3; i++) {
    expect(idsOf(await store.heads(ACCOUNT, LANE, 1))).toEqual([second.facts.id]);
  }
  expect(idsOf(await store.heads(ACCOUNT, LANE, 5))).toEqual(idsOf([second, third]));
  expect(idsOf(await store.events(ACCOUNT, { states: ["queued"], limit: 5 }))).toEqual(
    idsOf([third, second]),
  );
  expect(told.map(({ message }) => message)).toEqual([expect.stringContaining(first.facts.id)]);
});

test("a timer that cannot be read holds up no other, and does not ring for ever", async () => {
  const { store, told, damage } = openDamageable();
  const broken = await add(store, {}, { delayMs: 1_000 });
  const whole = await add(store, {}, { delayMs: 5_000 });
  await mustStore(store, {
    kind: "session",
    record: sessionTold(newSession("s1"), { type: "lost", at: AT }),
  });
  damage(broken.facts.id);
  damage("s1");

  expect(await store.nextDue()).toBe(AT + 1_000);
  expect(await store.due(AT + 100_000, 10)).toEqual([whole]);
  expect(await store.nextDue()).toBe(AT + 5_000);
  expect(told).toHaveLength(2);
});

test("a claim and a session that cannot be read hide no others", async () => {
  const { store, damage, later } = openDamageable();
  const broken = await put(store, claimed(await add(store), "s1"));
  const whole = await put(store, claimed(await add(store), "s2"));
  for (const id of ["s1", "s2"]) await mustStore(store, { kind: "session", record: newSession(id) });
  damage(broken.facts.id);
  damage("s1");
  expect(await store.claims()).toEqual([whole]);
  expect((await store.sessions(null)).map(({ id }) => id)).toEqual(["s2"]);
  await expect(later().claimOf(ACCOUNT, "s1")).rejects.toMatchObject({ code: "unreadable_record" });
  await expect(later().session(ACCOUNT, "s1")).rejects.toMatchObject({ code: "unreadable_record" });
});

test("an event in a state that its machine does not have cannot be read, and so can't break a tick", async () => {
  const { store, damage } = openDamageable();
  const { facts, actor } = await add(store);
  const whole = await add(store);
  for (const value of ["delivered", { delivered: { attended: "nowhere" } }, { queued: "deeper" }]) {
    damage(facts.id, JSON.stringify({ ...actor, value }));
    await expect(store.event(facts.id)).rejects.toMatchObject({ code: "unreadable_record" });
    expect(idsOf(await store.heads(ACCOUNT, LANE, 5))).toEqual([whole.facts.id]);
  }
});

test("an event that its keys put where its actor does not belong stops itself alone", async () => {
  const { store, told, set } = openDamageable();
  const [held, due, early, whole] = [await add(store), await add(store), await add(store), await add(store)];
  // Each of these would be found at every look, and do nothing or harm there.
  set("events", held.facts.id, "claimed_by", "s1");
  set("events", due.facts.id, "due_at", 1);
  set("events", early.facts.id, "band", 0);
  for (const { facts } of [held, due, early]) {
    await expect(store.event(facts.id)).rejects.toMatchObject({ code: "unreadable_record" });
  }
  expect(await store.claims()).toEqual([]);
  expect(idsOf(await store.heads(ACCOUNT, LANE, 5))).toEqual([whole.facts.id]);
  expect(await store.due(AT, 5)).toEqual([]);
  expect(await store.nextDue()).toBeNull();
  expect(told).toHaveLength(3);
});

test("an ended event that its key calls waiting does not hold up its lane", async () => {
  const { store, set } = openDamageable();
  const done = await put(store, acked(claimed(await add(store), "s1")));
  const whole = await add(store);
  set("events", done.facts.id, "state", "queued");
  expect(idsOf(await store.heads(ACCOUNT, LANE, 5))).toEqual([whole.facts.id]);
});

test("a session whose count of writes is lost can't be read, instead of being written in vain for ever", async () => {
  const { store, later, set } = openDamageable();
  await mustStore(store, { kind: "session", record: newSession("s1") });
  for (const rev of [0, -1]) {
    set("sessions", "s1", "rev", rev);
    await expect(later().session(ACCOUNT, "s1")).rejects.toMatchObject({ code: "unreadable_record" });
  }
});

test("a record that is nested beyond all reason can't be read, and nothing else is harmed", async () => {
  const { store, damage } = openDamageable();
  const { facts, actor } = await add(store);
  const whole = await add(store);
  const deep = `${'{"a":'.repeat(100_000)}"b"${"}".repeat(100_000)}`;
  damage(facts.id, JSON.stringify({ ...actor, value: "#" }).replace('"#"', deep));
  await expect(store.event(facts.id)).rejects.toMatchObject({ code: "unreadable_record" });
  expect(idsOf(await store.heads(ACCOUNT, LANE, 5))).toEqual([whole.facts.id]);
});

test("promise 10: not even a key of what can't be read is quoted", async () => {
  const { store, told, set } = openDamageable();
  const [first, second] = [newSource({ slug: "a" }), newSource({ slug: "b" })];
  for (const source of [first, second]) await store.putSource(source);
  set("sources", first.id, "event_type", '{"geheim":"x"}');
  set("sources", second.id, "routes", '{"geheim":1}');
  expect(await store.sources(ACCOUNT)).toEqual([]);
  expect(told).toHaveLength(2);
  expect(told.map(({ line }) => line).join()).not.toContain("geheim");
});

test("a number that is too large for JavaScript stops its own record alone", async () => {
  const { store, set, later } = openDamageable();
  const [first, broken, last] = [await add(store), await add(store), await add(store)];
  for (const id of ["s1", "s2", "s3"]) await mustStore(store, { kind: "session", record: newSession(id) });
  set("events", broken.facts.id, "bytes", 2n ** 53n);
  set("sessions", "s2", "rev", 2n ** 63n - 1n);
  const again = later();
  expect(idsOf(await again.heads(ACCOUNT, LANE, 5))).toEqual(idsOf([first, last]));
  expect((await again.heads(ACCOUNT, LANE, 1))[0]).toEqual(first);
  expect((await again.sessions(null)).map(({ id }) => id)).toEqual(["s1", "s3"]);
  await expect(again.event(broken.facts.id)).rejects.toMatchObject({ code: "unreadable_record" });
  await expect(again.session(ACCOUNT, "s2")).rejects.toMatchObject({ code: "unreadable_record" });
  expect(await again.event(last.facts.id)).toEqual(last);
});

test("a lane whose bytes are no text is listed and counted like any other", async () => {
  const db = openDatabase({ path: ":memory:" });
  const store = sqliteStore(db, ":memory:");
  const [damaged, sound] = [await add(store), await add(store)];
  db.prepare("UPDATE events SET lane = CAST(? AS TEXT) WHERE id = ?").run(
    Buffer.concat([Buffer.from([0xf4]), Buffer.from("ag:deploys")]),
    damaged.facts.id,
  );
  expect(await store.counts(ACCOUNT, 1_000)).toEqual({ queued: 2 });
  expect(idsOf(await store.events(ACCOUNT, { states: ["queued"], limit: 10 }))).toEqual(
    idsOf([sound, damaged]),
  );
});
