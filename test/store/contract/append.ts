import { expect } from "vitest";
import { laneOfTag } from "../../../src/domain/lane.ts";
import { add, commitOne, stored } from "../acts.ts";
import type { Check } from "../contract.ts";
import { append, newContent, newEvent } from "../records.ts";

export function appending(check: Check): void {
  check("an appended event is read back as it was, with a seq and its first rev", async ({ store }) => {
    const record = newEvent({
      verifiedBy: null,
      from: "two words",
      bytes: 17,
      details: { hops: 2, replyTo: "evt_0" },
    });
    expect(await store.commit([append(record, newContent("the payload"))])).toEqual([{ kind: "stored" }]);

    const { seq, ...rest } = await stored(store, record.facts.id);
    expect(rest).toEqual({ ...record, seq: undefined, rev: 1 });
    expect(seq).toBeGreaterThan(0);
  });

  check("the store gives the seq and ignores the record's", async ({ store }) => {
    const record = { ...newEvent(), seq: 999_999 };
    await store.commit([append(record)]);
    expect((await stored(store, record.facts.id)).seq).not.toBe(999_999);
  });

  check("seq increases inside a lane, whatever the ids", async ({ store }) => {
    const seqs: number[] = [];
    for (let i = 0; i < 12; i++) seqs.push((await add(store)).seq);
    const batch = Array.from({ length: 12 }, () => newEvent());
    await store.commit(batch.map((record) => append(record)));
    for (const { facts } of batch) seqs.push((await stored(store, facts.id)).seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  check("content is kept beside the event, exactly", async ({ store }) => {
    const payload = `{"emoji":"\u{1f682}","nul":"\0","text":"${"é".repeat(5_000)}"}\r\n`;
    const content = { ...newContent(payload), prompt: null };
    const record = newEvent({ lane: laneOfTag(null) });
    await store.commit([append(record, content)]);
    expect(await store.content(record.facts.id)).toEqual(content);
  });

  check("the content of a dropped event is not kept", async ({ store }) => {
    const record = newEvent({}, { birth: "dropped", reason: "no_route" });
    await store.commit([append(record)]);
    expect((await stored(store, record.facts.id)).actor.value).toBe("dropped");
    expect(await store.content(record.facts.id)).toBeNull();
  });

  check("an unknown event is null, and so is its content", async ({ store }) => {
    expect(await store.event("evt_unknown")).toBeNull();
    expect(await store.content("evt_unknown")).toBeNull();
  });

  check("the same append again is answered with the event that is there", async ({ store }) => {
    const first = await add(store);
    const again = await commitOne(store, append(newEvent({ id: first.facts.id, type: "other" })));
    expect(again).toEqual({ kind: "duplicate", id: first.facts.id, state: "queued" });
    expect(await stored(store, first.facts.id)).toEqual(first);
  });
}
