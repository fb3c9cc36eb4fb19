/**
 * The copy of the plugin that Claude Code runs. It copies a plugin when it installs it, and keeps the copy until it is told to
 * update and the version is another. Where the copy lies stands in a file of the client's own (`plugins/installed_plugins.json`),
 * whose form is nowhere promised: what is not understood is said to be unknown, and nothing is concluded from it.
 */
import { join } from "node:path";
import { z } from "zod";
import { nodeFiles } from "../edges/node-files.ts";
import { claudeFolder } from "./plugin-configuration.ts";

/** What runs of it. */
const FILES = [
  ".claude-plugin/plugin.json",
  ".mcp.json",
  "dist/server.mjs",
  "dist/wait.mjs",
  "hooks/hooks.json",
];

const Installation = z.looseObject({ installPath: z.string() });
const Installations = z.looseObject({
  plugins: z.record(z.string(), z.union([z.array(Installation), Installation.transform((one) => [one])])),
});

export type InstalledCopy =
  /** `why` ends the sentence "whether … can't be told: ". */
  { kind: "unknown"; why: string } | { kind: "same" } | { kind: "other"; folder: string };

/** Compares what Claude Code has of `plugin` with the folder that it came from. */
export async function installedCopy(
  env: NodeJS.ProcessEnv,
  plugin: string,
  origin: string,
): Promise<InstalledCopy> {
  const list = join(claudeFolder(env), "plugins", "installed_plugins.json");
  const folders = await foldersIn(list, plugin);
  if (folders === null) return { kind: "unknown", why: `${list} does not say where it lies` };
  for (const folder of folders) {
    for (const name of FILES) {
      const [there, here] = await Promise.all([folder, origin].map((root) => textOf(join(root, name))));
      if (there !== here) return { kind: "other", folder };
    }
  }
  return { kind: "same" };
}

/** Null: it isn't there, or is of a form that we don't know. */
async function foldersIn(list: string, plugin: string): Promise<string[] | null> {
  const text = await textOf(list);
  if (text === null) return null;
  try {
    const installations = Installations.parse(JSON.parse(text)).plugins[plugin] ?? [];
    return installations.length === 0 ? null : installations.map(({ installPath }) => installPath);
  } catch {
    return null;
  }
}

const textOf = (path: string): Promise<string | null> => nodeFiles.read(path).catch(() => null);
