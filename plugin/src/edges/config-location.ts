/**
 * Which configuration file counts: `SIGNALBOX_CONFIG`, else `CLAWBACK_CONFIG` where what it names is ours, else the
 * default below Claude Code's configuration folder.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ourRemote } from "./config-schema.ts";
import { set } from "./surroundings.ts";

export function configPath(env: Record<string, string | undefined>): string {
  const named = set(env.SIGNALBOX_CONFIG);
  if (named !== null) return resolve(named);
  const clawback = set(env.CLAWBACK_CONFIG);
  if (clawback !== null && isOurs(clawback)) return resolve(clawback);
  const claude = set(env.CLAUDE_CONFIG_DIR) ?? join(homedir(), ".claude");
  return join(resolve(claude), "channels", "signalbox", "config.json");
}

/** Clawback's own configuration names a server that speaks another protocol. */
function isOurs(path: string): boolean {
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    return (
      typeof json === "object" &&
      json !== null &&
      "remote" in json &&
      ourRemote.safeParse(json.remote).success
    );
  } catch {
    return false;
  }
}
