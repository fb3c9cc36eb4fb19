import { expect } from "vitest";
import { EVENT_STATES } from "../../../src/domain/event.ts";
import { add, commitOne, mustStore, put, stored } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, append, claimed, LANE, newEvent, newSession, OTHER_ACCOUNT } from "../records.ts";
import { newAccount, newSource, newToken } from "../settings.ts";

/** Promise 9: accounts are walls. */
export function walls(check: Check): void {
  check("no question about one account is answered with another's events", async ({ store }) => {
    await put(store, claimed(await add(store), "s1"));
    await add(store);
    expect(await store.heads(OTHER_ACCOUNT, LANE, 10)).toEqual([]);
    expect(await store.waiting(OTHER_ACCOUNT, LANE, 10)).toBe(0);
    expect(await store.events(OTHER_ACCOUNT, { states: EVENT_STATES, limit: 10 })).toEqual([]);
    expect(await store.events(OTHER_ACCOUNT, { states: EVENT_STATES, lane: LANE, limit: 10 })).toEqual([]);
    expect(await store.counts(OTHER_ACCOUNT, 10)).toEqual({});
    expect(await store.claimOf(OTHER_ACCOUNT, "s1")).toBeNull();
  });

  check("an event is not written under another account's name", async ({ store }) => {
    const mine = await add(store);
    const facts = { ...mine.facts, account: OTHER_ACCOUNT };
    const theirs = claimed({ ...mine, facts }, "s1");
    expect(await commitOne(store, { kind: "event", record: theirs })).toEqual({ kind: "conflict" });
    expect(await commitOne(store, append(newEvent(facts)))).toEqual({ kind: "conflict" });
    expect(await stored(store, mine.facts.id)).toEqual(mine);
  });

  check("sessions of the same name in two accounts are two", async ({ store }) => {
    const [mine, theirs] = [newSession("s1"), newSession("s1", { account: OTHER_ACCOUNT, lane: "tag:b" })];
    await mustStore(store, { kind: "session", record: mine });
    expect(await store.session(OTHER_ACCOUNT, "s1")).toBeNull();
    await mustStore(store, { kind: "session", record: theirs });
    expect(await store.session(ACCOUNT, "s1")).toEqual({ ...mine, rev: 1 });
    expect(await store.session(OTHER_ACCOUNT, "s1")).toEqual({ ...theirs, rev: 1 });
    expect(await store.sessions(OTHER_ACCOUNT)).toEqual([{ ...theirs, rev: 1 }]);
  });

  check("sources of the same slug in two accounts are two", async ({ store }) => {
    for (const id of [ACCOUNT, OTHER_ACCOUNT]) await store.putAccount(newAccount(id));
    const [mine, theirs] = [newSource(), newSource({ account: OTHER_ACCOUNT })];
    await store.putSource(mine);
    await store.putSource(theirs);
    expect(await store.source(newAccount(ACCOUNT).profileId, "github")).toEqual(mine);
    expect(await store.source(newAccount(OTHER_ACCOUNT).profileId, "github")).toEqual(theirs);
    expect(await store.sources(OTHER_ACCOUNT)).toEqual([theirs]);
  });

  check("a source is neither changed nor removed from another account", async ({ store }) => {
    const mine = newSource();
    await store.putSource(mine);
    expect(await store.putSource({ ...mine, account: OTHER_ACCOUNT })).toBe("conflict");
    expect(await store.removeSource(OTHER_ACCOUNT, mine.id)).toBe(false);
    expect(await store.sources(ACCOUNT)).toEqual([mine]);
    expect(await store.sources(OTHER_ACCOUNT)).toEqual([]);
  });

  check("a token does not move to another account", async ({ store }) => {
    const token = newToken();
    await store.putToken(token);
    await expect(store.putToken({ ...token, account: OTHER_ACCOUNT })).rejects.toMatchObject({
      code: "token_taken",
    });
    expect(await store.tokenByHash(token.hash)).toEqual(token);
  });
}
