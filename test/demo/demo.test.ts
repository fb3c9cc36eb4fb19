import { expect, test } from "vitest";
import { Demo, EVENTS } from "./demo.ts";

test("the demo loses, doubles and reorders nothing, through three kill -9", async () => {
  const lines: string[] = [];
  const demo = new Demo((line) => lines.push(line));
  try {
    expect(await demo.run(), lines.join("\n")).toBe(true);
  } finally {
    await demo.close();
  }
  expect(lines.at(-1)).toMatch(
    new RegExp(`${EVENTS} accepted, ${EVENTS} acked, 0 lost, 0 doubled, 0 out of order, \\d+ shown again$`),
  );
  // A line for each event's life, with its number and how many are done.
  expect(lines.filter((line) => /^ ?\d+\/20 {2}#\d+ /.test(line))).toHaveLength(EVENTS);
  expect(lines.filter((line) => line.includes("killed with -9"))).toHaveLength(3);
  // What stands still is told of after a minute; two clients may take long to start.
}, 150_000);
