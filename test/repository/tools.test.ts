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

test("docs/clawback.md tells tool by tool what is the plugin's, argument by argument", async () => {
  const { tools } = (await Rig.online()).box;
  const [, section = ""] = (await readFile("docs/clawback.md", "utf8")).split("\n## Tool by tool\n");
  const page = section.split("\n## ")[0] ?? "";
  /** Clawback's own arguments. */
  const theirs: Readonly<Record<string, readonly string[]>> = {
    source_create: ["slug", "type", "secret", "eventType", "routes", "skill", "session", "priority"],
    source_list: [],
    source_delete: ["id"],
    cron_create: ["schedule", "prompt", "label", "session", "priority"],
    cron_list: [],
    cron_delete: ["id"],
    event_ack: ["summary"],
    event_history: ["limit"],
    account_info: [],
    token_create: ["label"],
    token_list: [],
    token_rotate: [],
    session_send: ["target", "message", "priority"],
    session_list: [],
  };
  for (const [tool, arguments_] of Object.entries(theirs)) {
    const [, besides = ""] = new RegExp(`^\\| \`${tool}\` \\|([^|]*)\\|`, "m").exec(page) ?? [tool, "no row"];
    const named = [...besides.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
    const shape = tools.find(({ name }) => name === tool)?.input.shape ?? {};
    expect([...arguments_, ...named].toSorted(), tool).toEqual(Object.keys(shape).toSorted());
  }
  const [, others = ""] = /New are ([\s\S]+)\./.exec(page) ?? [];
  const news = [...others.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  const all = tools.map(({ name }) => name).filter((name) => name !== HOOK_TOOL);
  expect([...Object.keys(theirs), ...news].toSorted()).toEqual(all.toSorted());
});
