import { expect } from "vitest";
import { add } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, append, newEvent, OTHER_ACCOUNT } from "../records.ts";
import { newAccount, newSource } from "../settings.ts";

export function sourceRecords(check: Check): void {
  check("a source is found by profile id and slug, as it was", async ({ store }) => {
    await store.putAccount(newAccount(ACCOUNT));
    const { profileId } = newAccount(ACCOUNT);
    const plain = newSource({ slug: "plain" });
    const full = newSource({
      slug: "full",
      scheme: "github",
      secrets: ["new", "old"],
      eventType: { header: "x-github-event", action: "action" },
      routes: {
        "pull_request.*": "/review",
        push: { prompt: "/look", priority: "priority", tag: "", fields: ["/commits/*/message"] },
        "*": "Look at it",
      },
      skill: "/triage",
      priority: "interrupt",
      options: { remindSeconds: 60, timeoutSeconds: 600, trust: "instructions" },
      cause: { event: "evt_1", origin: "webhook", from: "github" },
    });
    expect(await store.putSource(plain)).toBe("stored");
    expect(await store.putSource(full)).toBe("stored");

    expect(await store.source(profileId, "full")).toEqual(full);
    expect(await store.source(profileId, "plain")).toEqual(plain);
    expect(await store.source(profileId, "other")).toBeNull();
    expect(await store.source("p_unknown", "full")).toBeNull();
    const all = await store.sources(ACCOUNT);
    expect(all).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining([plain, full]));
  });

  check("a source is changed by its id, its slug included", async ({ store }) => {
    await store.putAccount(newAccount(ACCOUNT));
    const source = newSource({ slug: "old" });
    await store.putSource(source);
    const changed = { ...source, slug: "new", secrets: ["rotated"], skill: null };
    expect(await store.putSource(changed)).toBe("stored");
    expect(await store.sources(ACCOUNT)).toEqual([changed]);
    expect(await store.source(newAccount(ACCOUNT).profileId, "old")).toBeNull();
  });

  check("the secrets of all sources are told as they are stored", async ({ store }) => {
    await store.putSource(newSource({ slug: "one", secrets: ["new", "old"] }));
    await store.putSource(newSource({ slug: "two", account: OTHER_ACCOUNT, secrets: ["another"] }));
    const told = (await store.sealedSecrets()).join(" ");
    for (const secret of ["new", "old", "another"]) expect(told).toContain(secret);
  });

  check("when a source was first heard stays, whatever is put, and is no other's", async ({ store }) => {
    const [source, other] = [newSource({ slug: "one" }), newSource({ slug: "two" })];
    await store.putSource(source);
    await store.putSource(other);
    await store.noteHeard(source.id, 1_000);
    await store.noteHeard(source.id, 2_000);
    await store.noteHeard(newSource().id, 3_000);
    await store.putSource({ ...source, skill: "/other" });
    const heard = (await store.sources(ACCOUNT)).map(({ slug, heardAt }) => [slug, heardAt]);
    expect(heard.sort()).toEqual([
      ["one", 1_000],
      ["two", null],
    ]);
  });

  check("a slug belongs to one source of an account", async ({ store }) => {
    const first = newSource({ slug: "github" });
    await store.putSource(first);
    expect(await store.putSource(newSource({ slug: "github" }))).toBe("conflict");

    const other = newSource({ slug: "gitlab" });
    await store.putSource(other);
    expect(await store.putSource({ ...other, slug: "github" })).toBe("conflict");
    expect(await store.sources(ACCOUNT)).toEqual(expect.arrayContaining([first, other]));
    expect(await store.putSource(newSource({ slug: "github", account: OTHER_ACCOUNT }))).toBe("stored");
  });

  check("a source that is removed is gone, and its slug is free", async ({ store }) => {
    await store.putAccount(newAccount(ACCOUNT));
    const source = newSource({ slug: "github" });
    await store.putSource(source);
    expect(await store.removeSource(ACCOUNT, source.id)).toBe(true);
    expect(await store.removeSource(ACCOUNT, source.id)).toBe(false);
    expect(await store.source(newAccount(ACCOUNT).profileId, "github")).toBeNull();
    expect(await store.putSource(newSource({ slug: "github" }))).toBe("stored");
  });

  check("dropped counts what this source dropped, no further than it is asked to", async ({ store }) => {
    const sourceId = newSource().id;
    for (let i = 0; i < 3; i++) await add(store, { sourceId }, { birth: "dropped" });
    await add(store, { sourceId });
    await add(store, {}, { birth: "dropped" });
    expect(await store.dropped(sourceId, 100)).toBe(3);
    expect(await store.dropped(sourceId, 2)).toBe(2);
    expect(await store.dropped(newSource().id, 100)).toBe(0);
  });

  check("of the newest that it dropped the types are counted, the most frequent first", async ({ store }) => {
    const sourceId = newSource().id;
    for (const type of ["a", "b", "c", "b", "c", "c"])
      await add(store, { sourceId, type }, { birth: "dropped" });
    await add(store, { sourceId, type: "a" });
    expect(await store.droppedTypes(sourceId, 100)).toEqual([
      { type: "c", count: 3 },
      { type: "b", count: 2 },
      { type: "a", count: 1 },
    ]);
    expect(await store.droppedTypes(sourceId, 2)).toEqual([{ type: "c", count: 2 }]);
    expect(await store.droppedTypes(newSource().id, 100)).toEqual([]);
  });

  check(
    "what routes leave out is summed up by source, once for each event, until it is removed",
    async ({ store }) => {
      const source = newSource();
      await store.putSource(source);
      const { id: sourceId } = source;
      const known = { sourceId, deliveryId: "d1", details: { omittedBytes: 700 } };
      await add(store, known);
      await add(store, { sourceId, details: { omittedBytes: 50 } });
      await add(store, { sourceId });
      expect(await store.omittedBytes(sourceId)).toBe(750);
      const [again] = await store.commit([append(newEvent(known))]);
      expect(again).toMatchObject({ kind: "duplicate" });
      expect(await store.omittedBytes(sourceId)).toBe(750);
      expect(await store.omittedBytes(newSource().id)).toBe(0);
      await store.removeSource(ACCOUNT, sourceId);
      expect(await store.omittedBytes(sourceId)).toBe(0);
    },
  );
}
