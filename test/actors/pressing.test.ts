import { expect, test } from "vitest";
import { Pressing } from "../../src/actors/pressing.ts";

test("a lane that its last session has left is forgotten (promise 8)", () => {
  const served = new Set(["tag:a"]);
  const pressing = new Pressing({ serves: (_, lane) => served.has(lane) });
  pressing.set("acc", "tag:a", true);
  pressing.set("acc", "tag:nobody", true);
  expect([pressing.has("acc", "tag:a"), pressing.has("acc", "tag:nobody")]).toEqual([true, false]);
  for (let n = 0; n < 100; n++) {
    served.clear();
    served.add(`tag:l${n}`);
    pressing.set("acc", `tag:l${n}`, true);
  }
  expect(pressing.size).toBe(1);
  pressing.set("acc", "tag:l99", false);
  expect(pressing.size).toBe(0);
});
