import { expect, test } from "vitest";
import { SCENES, tour } from "./tour/tour.ts";

test("the tour shows each of its scenes", async () => {
  const lines: string[] = [];
  await tour((line) => lines.push(line));
  expect(lines.at(-1)).toContain(`${SCENES.length} of ${SCENES.length} scenes were seen`);
  // What stands still is told of after a minute; a busy machine may take long to start a client.
}, 150_000);
