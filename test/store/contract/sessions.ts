import { expect } from "vitest";
import { commitOne, mustStore } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, goneSession, newSession, OTHER_ACCOUNT, sessionTold } from "../records.ts";

export function sessionRecords(check: Check): void {
  check("a session of rev 0 is made, and read back as it was", async ({ store }) => {
    const record = newSession("s1");
    expect(await commitOne(store, { kind: "session", record })).toEqual({ kind: "stored" });
    expect(await store.session(ACCOUNT, "s1")).toEqual({ ...record, rev: 1 });
    expect(await store.session(ACCOUNT, "s2")).toBeNull();
  });

  check("a session is made once", async ({ store }) => {
    await mustStore(store, { kind: "session", record: newSession("s1") });
    const second = newSession("s1", { lane: "tag:other" });
    expect(await commitOne(store, { kind: "session", record: second })).toEqual({ kind: "conflict" });
    expect((await store.session(ACCOUNT, "s1"))?.actor.context.lane).not.toBe("tag:other");
  });

  check("a session is replaced by the write that names its rev, and by no other", async ({ store }) => {
    await mustStore(store, { kind: "session", record: newSession("s1") });
    const away = sessionTold({ ...newSession("s1"), rev: 1 }, { type: "lost", at: AT });
    await mustStore(store, { kind: "session", record: away });
    expect(await store.session(ACCOUNT, "s1")).toEqual({ ...away, rev: 2 });
    expect(await commitOne(store, { kind: "session", record: away })).toEqual({ kind: "conflict" });
    expect(await commitOne(store, { kind: "session", record: { ...away, id: "s9" } })).toEqual({
      kind: "conflict",
    });
    expect(await store.session(ACCOUNT, "s9")).toBeNull();
  });

  check(
    "sessions lists those that are there, of one account or all; not those that are gone",
    async ({ store }) => {
      const mine = newSession("s1");
      const away = sessionTold(newSession("s2"), { type: "lost", at: AT });
      const theirs = newSession("s1", { account: OTHER_ACCOUNT });
      const gone = goneSession("s3");
      expect(gone.actor.value).toBe("gone");
      for (const record of [mine, away, theirs, gone]) await mustStore(store, { kind: "session", record });

      const idsOf = (records: { account: string; id: string }[]) =>
        records.map(({ account, id }) => `${account} ${id}`).sort();
      expect(idsOf(await store.sessions(ACCOUNT))).toEqual(idsOf([mine, away]));
      expect(idsOf(await store.sessions(null))).toEqual(idsOf([mine, away, theirs]));
      expect(await store.session(ACCOUNT, "s3")).toEqual({ ...gone, rev: 1 });
    },
  );
}
