import { expect } from "vitest";
import { add, commitOne, mustStore, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { someCron } from "../crons.ts";
import {
  ACCOUNT,
  AT,
  append,
  claimed,
  LANE,
  newContent,
  newEvent,
  newSession,
  sessionTold,
} from "../records.ts";
import { newAccount, newSignInCode, newSource, newToken } from "../settings.ts";

/** Promises 1, 4 and 7: what was stored is there when the store is opened again. */
export function survival(check: Check): void {
  check("everything survives that the store is opened again", async (box) => {
    const { store } = box;
    const queued = await add(store, { deliveryId: "d1" });
    const held = await put(store, claimed(await add(store), "s1"));
    const away = sessionTold(newSession("s1"), { type: "lost", at: AT });
    await mustStore(store, { kind: "session", record: away });
    const [source, token] = [newSource(), newToken()];
    await store.putAccount(newAccount(ACCOUNT));
    await store.putSource(source);
    await store.putToken(token);
    const code = newSignInCode();
    await store.putSignInCode(code, { now: AT, most: 3 });
    const cron = someCron();
    await mustStore(store, { kind: "cron", record: cron });
    await store.noteAlive(AT);
    const due = await store.nextDue();

    const again = await box.reopen();
    expect(await again.heads(ACCOUNT, LANE, 10)).toEqual([queued]);
    expect(await again.content(queued.facts.id)).toEqual(newContent());
    expect(await again.claims()).toEqual([held]);
    expect(await again.sessions(null)).toEqual([{ ...away, rev: 1 }]);
    expect(await again.nextDue()).toBe(due);
    expect(await again.source(newAccount(ACCOUNT).profileId, source.slug)).toEqual(source);
    expect(await again.tokenByHash(token.hash)).toEqual(token);
    expect(await again.takeSignInCode(code.hash)).toEqual(code);
    expect(await again.cron(ACCOUNT, cron.id)).toEqual({ ...cron, rev: 1 });
    expect(await again.nextCronDue()).toBe(cron.actor.context.nextAt);
    expect(await again.aliveAt()).toBe(AT);
    expect(await commitOne(again, append(newEvent({ deliveryId: "d1" })))).toMatchObject({
      kind: "duplicate",
      id: queued.facts.id,
    });
  });

  check("seq goes on where it was", async (box) => {
    const before = await add(box.store);
    const after = await add(await box.reopen());
    expect(after.seq).toBeGreaterThan(before.seq);
  });

  check("what was asked before the store was closed is stored, and nothing after", async (box) => {
    const { store } = box;
    const records = Array.from({ length: 5 }, () => newEvent());
    const results = Promise.all(records.map((record) => commitOne(store, append(record))));
    await store.close();
    expect(await results).toEqual(records.map(() => ({ kind: "stored" })));
    await expect(store.commit([append(newEvent())])).rejects.toMatchObject({ kind: "unavailable" });
    await expect(store.nextDue()).rejects.toMatchObject({ kind: "unavailable" });
    await store.close();

    const again = await box.reopen();
    expect(await again.waiting(ACCOUNT, LANE, 100)).toBe(5);
  });
}
