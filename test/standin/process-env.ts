/**
 * The environment of servers and hooks. Per the runs with client 2.1.329: servers know the session's id, hooks
 * know the client's process id, which is also the server's parent.
 */
import { mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Settings } from "./options.ts";
import type { Plugin } from "./plugin-folder.ts";

export interface Environments {
  server: Record<string, string>;
  hook: Record<string, string>;
}

export function environments(
  settings: Settings,
  plugin: Plugin | undefined,
  sessionId: string,
): Environments {
  const base = { ...inherited(), ...settings.env, CLAUDE_CONFIG_DIR: settings.configDir };
  const both: Record<string, string> = {
    CLAUDE_PROJECT_DIR: settings.cwd,
    CLAUDE_CODE_ENTRYPOINT: settings.entrypoint,
    ...(plugin && { CLAUDE_PLUGIN_ROOT: plugin.dir, CLAUDE_PLUGIN_DATA: dataFolder(settings, plugin) }),
  };
  const attended = settings.attended ?? settings.entrypoint === "cli";
  const path = `${dirname(nodeBinary(settings))}${delimiter}${process.env.PATH ?? ""}`;
  const without = (env: Record<string, string>) =>
    Object.fromEntries(Object.entries(env).filter(([name]) => !settings.withoutEnv.includes(name)));
  return {
    server: { ...base, PATH: path, ...without({ ...both, CLAUDE_CODE_SESSION_ID: sessionId }) },
    hook: {
      ...base,
      PATH: path,
      ...without({
        ...both,
        CLAUDE_PID: String(process.pid),
        CLAUDE_CODE_SESSION_ATTENDED: attended ? "1" : "0",
      }),
    },
  };
}

export function nodeBinary(settings: Settings): string {
  return settings.node ?? process.execPath;
}

/** The tests may themselves run below a Claude Code session, whose variables would pass for the stand-in's. */
function inherited(): Record<string, string> {
  const mine: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith("CLAUDE")) mine[name] = value;
  }
  return mine;
}

function dataFolder(settings: Settings, plugin: Plugin): string {
  const folder = join(settings.configDir, "plugins", "data", `${plugin.name}-inline`);
  mkdirSync(folder, { recursive: true });
  return folder;
}
