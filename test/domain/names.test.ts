/** Ids, lanes and the grammar of names: what may stand outside a payload's boundary. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { deliveryId, eventType, label, Slug, Tag } from "../../src/domain/grammar.ts";
import { EventId, idFactory, randomText } from "../../src/domain/ids.ts";
import { laneName, laneOfTag, tagOfLane } from "../../src/domain/lane.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { character } from "./characters.ts";

const unicode = fc.string({ unit: character, maxLength: 200 });

test("an id is its prefix and a lower-case ULID, and a thousand of one moment are all different", () => {
  const clock = { now: () => 1_700_000_000_000, monotonic: () => 0, setTimer: () => ({ cancel() {} }) };
  const newId = idFactory(clock, seededRandom(1));
  expect(EventId.safeParse(newId("evt")).success).toBe(true);
  expect(new Set(Array.from({ length: 1_000 }, () => newId("evt"))).size).toBe(1_000);
});

test("an id of another kind, in capitals, or with anything around it is refused", () => {
  const id = "evt_01k0000000000000000000000a";
  expect(EventId.safeParse(id).success).toBe(true);
  for (const bad of [
    id.toUpperCase(),
    `${id}\n`,
    ` ${id}`,
    id.replace("evt", "src"),
    id.slice(0, -1),
    "evt_01l00000000000000000000000",
  ]) {
    expect(EventId.safeParse(bad).success, bad).toBe(false);
  }
});

test("random text has the length asked for and only letters and digits", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(80), (seed, length) => {
      expect(randomText(seededRandom(seed), length)).toMatch(new RegExp(`^[a-z0-9]{${length}}$`));
    }),
  );
});

test("a tag and its lane are two words for one thing; no tag is a lane of its own", () => {
  expect([laneOfTag("deploys"), laneOfTag(null), laneOfTag(undefined)]).toEqual([
    "tag:deploys",
    "tag:",
    "tag:",
  ]);
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/), (tag) => {
      expect(tagOfLane(laneOfTag(tag))).toBe(tag);
      expect(laneName(laneOfTag(tag))).toBe(tag);
    }),
  );
  expect([tagOfLane("tag:"), laneName("tag:"), tagOfLane("tag:<b>"), tagOfLane("key:x")]).toEqual([
    null,
    "(untagged)",
    null,
    null,
  ]);
});

test("no tag is called as sessions without one are, or who answers one would answer the others", () => {
  expect(Tag.safeParse("untagged").error?.issues[0]?.message).toContain("sessions without one are called so");
  expect(Slug.safeParse("untagged").success).toBe(true);
});

test("no text gets out of the grammar of tags, slugs, types and labels", () => {
  fc.assert(
    fc.property(unicode, (text) => {
      for (const name of [Tag, Slug]) {
        if (name.safeParse(text).success) expect(text).toMatch(/^[a-z0-9._-]{1,64}$/);
      }
      expect(eventType(text)).toMatch(/^[A-Za-z0-9._:/-]{1,120}$/);
      expect(label(text)).toMatch(/^[A-Za-z0-9 ._:/@+-]{0,120}$|_/);
      expect(label(text)).not.toMatch(/[<>\n\r"'`&]/);
      expect(deliveryId(text) ?? "x").toMatch(/^[\x21-\x7e]{1,200}$/);
    }),
  );
});

test("what does not fit is unknown, or none", () => {
  expect(["push", "a b", "", "x".repeat(121), "push\n"].map(eventType)).toEqual([
    "push",
    "unknown",
    "unknown",
    "unknown",
    "unknown",
  ]);
  expect([undefined, "", "a b", "x".repeat(201), "72d3162e-cc78"].map(deliveryId)).toEqual([
    null,
    null,
    null,
    null,
    "72d3162e-cc78",
  ]);
});
