/** Whom a message names. */
import { expect, test } from "vitest";
import { laneOfTag } from "../../src/domain/lane.ts";
import { MOST_TARGETS, nameOfSender, targetOf } from "../../src/domain/message.ts";

test.each([
  ["deploys", ["tag:deploys"]],
  [" deploys , oncall,", ["tag:deploys", "tag:oncall"]],
  ["deploys,deploys", ["tag:deploys"]],
  ["untagged", ["tag:"]],
  ["untagged, deploys", ["tag:", "tag:deploys"]],
])("%j names %j", (text, lanes) => {
  expect(targetOf(text)).toEqual({ kind: "lanes", lanes });
});

test("* is whoever is connected, and stands alone", () => {
  expect(targetOf(" * ")).toEqual({ kind: "connected" });
  expect(targetOf("*, deploys")).toMatchObject({
    kind: "unclear",
    problem: expect.stringContaining("alone"),
  });
});

test.each([
  ["", "no target"],
  [" , ", "no target"],
  ["deploys oncall", "target 1 of 1"],
  ["deploys, On Call!", "target 2 of 2"],
  [Array.from({ length: MOST_TARGETS + 1 }, (_, i) => `t${i}`).join(), `at most ${MOST_TARGETS}`],
])("%j names nobody, and the problem says why without quoting it", (text, words) => {
  const target = targetOf(text);
  expect(target).toMatchObject({ kind: "unclear", problem: expect.stringContaining(words) });
  expect(JSON.stringify(target)).not.toContain("Call!");
});

test("who sent a message is named as an answer names him", () => {
  for (const tag of [null, "deploys"]) {
    expect(targetOf(nameOfSender(laneOfTag(tag)))).toEqual({ kind: "lanes", lanes: [laneOfTag(tag)] });
  }
});
