import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { HOOK_TOOL } from "../../plugin/src/core/hooks/own-tools.ts";
import { Rig } from "../plugin/core-rig.ts";

test("plugin/README.md tells of every tool, and of none that is not there", async () => {
  const rig = await Rig.online();
  // What hooks call is denied to the model.
  const tools = rig.box.tools.map(({ name }) => name).filter((name) => name !== HOOK_TOOL);
  const [, section = ""] = (await readFile("plugin/README.md", "utf8")).split("\n## Tools\n");
  const rows = section.split("\n## ")[0]?.match(/^\| `.*?\|/gm) ?? [];
  const named = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(tools.length).toBeGreaterThan(15);
  expect(named.toSorted()).toEqual(tools.toSorted());
});
