import { expect } from "vitest";
import { nextDue } from "../../../src/domain/machines/actor-state.ts";
import { add, mustStore, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, acked, claimed, newSession, OTHER_ACCOUNT, sessionTold } from "../records.ts";

/** Promise 7: deadlines are durable, and found by when they are due. */
export function timers(check: Check): void {
  check("nothing is due where no timer is set", async ({ store }) => {
    await add(store);
    await mustStore(store, { kind: "session", record: newSession("s1") });
    expect(await store.nextDue()).toBeNull();
    expect(await store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  check("what is due comes earliest first, events and sessions together", async ({ store }) => {
    const third = await add(store, {}, { delayMs: 90_000 });
    const first = await add(store, { account: OTHER_ACCOUNT }, { delayMs: 20_000 });
    // A session that is away has its grace: 60 seconds.
    const away = sessionTold(newSession("s1"), { type: "lost", at: AT });
    await mustStore(store, { kind: "session", record: away });
    const second = { ...away, rev: 1 };

    expect(await store.nextDue()).toBe(AT + 20_000);
    expect(await store.due(AT + 19_999, 10)).toEqual([]);
    expect(await store.due(AT + 20_000, 10)).toEqual([first]);
    expect(await store.due(AT + 90_000, 10)).toEqual([first, second, third]);
    expect(await store.due(AT + 90_000, 2)).toEqual([first, second]);
    expect(await store.due(AT + 90_000, 1)).toEqual([first]);
  });

  check("of several timers of one record the first counts", async ({ store }) => {
    const held = claimed(await add(store), "s1");
    const delivered = await put(store, held);
    expect(delivered.actor.timers.length).toBeGreaterThan(0);
    expect(await store.nextDue()).toBe(nextDue(delivered.actor.timers));
  });

  check("a timer that is gone is not due any more", async ({ store }) => {
    const held = await put(store, claimed(await add(store), "s1"));
    expect(await store.nextDue()).not.toBeNull();
    await put(store, acked(held));
    expect(await store.nextDue()).toBeNull();

    const away = sessionTold(newSession("s1"), { type: "lost", at: AT });
    await mustStore(store, { kind: "session", record: away });
    const { context } = away.actor;
    const back = sessionTold({ ...away, rev: 1 }, { type: "connect", at: AT, ...context });
    await mustStore(store, { kind: "session", record: back });
    expect((await store.session(ACCOUNT, "s1"))?.actor.value).toBe("online");
    expect(await store.nextDue()).toBeNull();
  });

  check("a moment may have a fraction", async ({ store }) => {
    const delayed = await add(store, {}, { delayMs: 10.5 });
    expect(await store.nextDue()).toBe(AT + 10.5);
    expect(await store.due(AT + 10, 1)).toEqual([]);
    expect(await store.due(AT + 11, 1)).toEqual([delayed]);
  });
}
