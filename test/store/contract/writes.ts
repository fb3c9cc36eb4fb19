import { expect } from "vitest";
import { add, commitOne, put, stored } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, acked, append, claimed, newEvent, OTHER_ACCOUNT, returned } from "../records.ts";

/** Compare-and-set, and one event for each session (promise 2). */
export function claiming(check: Check): void {
  check("a write replaces the event whose rev it names, and raises the rev by one", async ({ store }) => {
    const first = await add(store);
    const second = await put(store, claimed(first, "s1"));
    expect(second).toEqual({ ...claimed(first, "s1"), rev: first.rev + 1 });
  });

  check("a write that names an older rev is a conflict and changes nothing", async ({ store }) => {
    const first = await add(store);
    const second = await put(store, claimed(first, "s1"));
    expect(await commitOne(store, { kind: "event", record: claimed(first, "s2") })).toEqual({
      kind: "conflict",
    });
    expect(await stored(store, first.facts.id)).toEqual(second);
    expect(await store.claimOf(ACCOUNT, "s2")).toBeNull();
  });

  check("a write to an event that is not there is a conflict and makes none", async ({ store }) => {
    const record = { ...newEvent(), rev: 1 };
    expect(await commitOne(store, { kind: "event", record })).toEqual({ kind: "conflict" });
    expect(await store.event(record.facts.id)).toBeNull();
  });

  check("of many writes to one rev, exactly one is stored", async ({ store }) => {
    const first = await add(store);
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        commitOne(store, { kind: "event", record: claimed(first, `s${i}`) }),
      ),
    );
    expect(results.filter(({ kind }) => kind === "stored")).toHaveLength(1);
    expect((await store.claims()).length).toBe(1);
  });

  check("a session that has an event in hand gets no second one", async ({ store }) => {
    const [one, two] = [await add(store), await add(store)];
    const held = await put(store, claimed(one, "s1"));
    expect(await commitOne(store, { kind: "event", record: claimed(two, "s1") })).toEqual({
      kind: "conflict",
    });
    expect(await stored(store, two.facts.id)).toEqual(two);
    expect(await store.claimOf(ACCOUNT, "s1")).toEqual(held);
  });

  check("a new event may come claimed, but not by a session that has one in hand", async ({ store }) => {
    const first = claimed(newEvent(), "s1");
    expect(await commitOne(store, append(first))).toEqual({ kind: "stored" });
    const held = await store.claimOf(ACCOUNT, "s1");
    expect(held?.facts.id).toBe(first.facts.id);
    const second = claimed(newEvent(), "s1");
    expect(await commitOne(store, append(second))).toEqual({ kind: "conflict" });
    expect(await store.event(second.facts.id)).toBeNull();
    expect(await store.content(second.facts.id)).toBeNull();
    expect(await store.claimOf(ACCOUNT, "s1")).toEqual(held);
  });

  check("sessions of the same name in two accounts each have a hand", async ({ store }) => {
    const mine = await put(store, claimed(await add(store), "s1"));
    const theirs = await put(store, claimed(await add(store, { account: OTHER_ACCOUNT }), "s1"));
    expect(await store.claimOf(ACCOUNT, "s1")).toEqual(mine);
    expect(await store.claimOf(OTHER_ACCOUNT, "s1")).toEqual(theirs);
  });

  check("what leaves a session's hand frees it", async ({ store }) => {
    const [one, two] = [await add(store), await add(store)];
    await put(store, acked(await put(store, claimed(one, "s1"))));
    expect(await store.claimOf(ACCOUNT, "s1")).toBeNull();
    await put(store, returned(await put(store, claimed(two, "s1"))));
    expect(await store.claimOf(ACCOUNT, "s1")).toBeNull();
    expect(await store.claims()).toEqual([]);
  });

  check("claims lists every event that is in a session's hands, of all accounts", async ({ store }) => {
    const held = [
      await put(store, claimed(await add(store), "s1")),
      await put(store, claimed(await add(store), "s2")),
      await put(store, claimed(await add(store, { account: OTHER_ACCOUNT }), "s1")),
    ];
    await add(store);
    const claims = await store.claims();
    expect(claims).toHaveLength(3);
    expect(claims).toEqual(expect.arrayContaining(held));
  });
}
