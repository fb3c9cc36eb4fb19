import { expect } from "vitest";
import { add, commitOne, put, stored } from "../acts.ts";
import type { Check } from "../contract.ts";
import {
  ACCOUNT,
  AT,
  acked,
  append,
  claimed,
  goneSession,
  newEvent,
  newSession,
  OTHER_ACCOUNT,
  returned,
  told,
} from "../records.ts";

/** What is kept no longer: only what has ended or is gone, and only as it was when it was looked at. */
export function retention(check: Check): void {
  check(
    "an event that has ended is removed with its content, and its delivery is known no longer",
    async ({ store }) => {
      const done = await put(
        store,
        acked(await put(store, claimed(await add(store, { deliveryId: "d1" }), "s1"))),
      );
      const { id } = done.facts;
      expect(await commitOne(store, { kind: "remove", record: done })).toEqual({ kind: "stored" });
      expect(await store.event(id)).toBeNull();
      expect(await store.content(id)).toBeNull();
      expect(await store.prompt(id, 10)).toBeNull();
      expect(await store.counts(ACCOUNT, 10)).toEqual({});
      expect(await commitOne(store, { kind: "remove", record: done })).toEqual({ kind: "conflict" });
      expect(await commitOne(store, append(newEvent({ deliveryId: "d1" })))).toEqual({ kind: "stored" });
    },
  );

  check("an event that waits, or is in hand, is not removed, whoever asks", async ({ store }) => {
    const queued = await add(store);
    const scheduled = await add(store, {}, { delayMs: 60_000 });
    const held = await put(store, claimed(await add(store), "s1"));
    const back = await put(store, returned(await put(store, claimed(await add(store), "s2"))));
    for (const record of [queued, scheduled, held, back]) {
      expect(await commitOne(store, { kind: "remove", record })).toEqual({ kind: "conflict" });
      expect(await stored(store, record.facts.id)).toEqual(record);
      expect(await store.content(record.facts.id)).not.toBeNull();
    }
  });

  check(
    "an event that has changed since it was read, or is another account's, is not removed",
    async ({ store }) => {
      const done = await put(store, acked(await put(store, claimed(await add(store), "s1"))));
      const late = await put(
        store,
        told(done, { type: "ack", delivery: 9, outcome: "done", summary: "", retryAfterMs: null }),
      );
      expect(await commitOne(store, { kind: "remove", record: done })).toEqual({ kind: "conflict" });
      const theirs = { ...late, facts: { ...late.facts, account: OTHER_ACCOUNT } };
      expect(await commitOne(store, { kind: "remove", record: theirs })).toEqual({ kind: "conflict" });
      expect(await stored(store, done.facts.id)).toEqual(late);
    },
  );

  check(
    "an event that was emptied keeps its row, is still a known delivery, and has no content",
    async ({ store }) => {
      const done = await put(
        store,
        acked(await put(store, claimed(await add(store, { deliveryId: "d1" }), "s1"))),
      );
      const { id } = done.facts;
      const record = told(done, { type: "empty", at: AT });
      expect(await commitOne(store, { kind: "empty", record })).toEqual({ kind: "stored" });
      expect(await store.content(id)).toBeNull();
      expect(await store.prompt(id, 10)).toBeNull();
      const { actor } = await stored(store, id);
      expect(actor).toMatchObject({
        value: "acked",
        context: { summary: null, emptied: true, outcome: "done" },
      });
      const again = await commitOne(store, append(newEvent({ deliveryId: "d1" })));
      expect(again).toEqual({ kind: "duplicate", id, state: "acked" });
      expect(await commitOne(store, { kind: "empty", record })).toEqual({ kind: "conflict" });
    },
  );

  check(
    "sessions that are gone come by when they went, and are removed; others are not",
    async ({ store }) => {
      const [first, second] = [goneSession("s1"), goneSession("s2")];
      const gone = [
        first,
        { ...second, actor: { ...second.actor, context: { ...second.actor.context, goneAt: AT + 5 } } },
      ];
      const here = newSession("s3");
      for (const record of [...gone, here]) await commitOne(store, { kind: "session", record });
      const kept = gone.map((record) => ({ ...record, rev: 1 }));
      const [earlier, later] = kept;
      expect(await store.gone(AT + 5, 10)).toEqual(kept);
      expect(await store.gone(AT + 4, 10)).toEqual([earlier]);
      expect(await store.gone(AT + 5, 1)).toEqual([earlier]);
      if (earlier === undefined || later === undefined) throw new Error("two are gone");

      expect(await commitOne(store, { kind: "remove", record: { ...here, rev: 1 } })).toEqual({
        kind: "conflict",
      });
      expect(await commitOne(store, { kind: "remove", record: { ...earlier, rev: 7 } })).toEqual({
        kind: "conflict",
      });
      expect(
        await commitOne(store, { kind: "remove", record: { ...earlier, account: OTHER_ACCOUNT } }),
      ).toEqual({
        kind: "conflict",
      });
      expect(await commitOne(store, { kind: "remove", record: earlier })).toEqual({ kind: "stored" });
      expect(await store.session(ACCOUNT, "s1")).toBeNull();
      expect(await store.gone(AT + 5, 10)).toEqual([later]);
      // It may come again.
      expect(await commitOne(store, { kind: "session", record: first })).toEqual({ kind: "stored" });
    },
  );
}
