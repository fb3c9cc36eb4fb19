/**
 * Which configuration file counts: `SIGNALBOX_CONFIG`, else `CLAWBACK_CONFIG` where what it names is ours, else the
 * default below Claude Code's configuration folder.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ourRemote } from "./config-schema.ts";
import { set } from "./surroundings.ts";

export interface ConfigLocation {
  path: string;
  /** What named it. What CLAWBACK_CONFIG names is another program's, and never written. */
  from: "SIGNALBOX_CONFIG" | "CLAWBACK_CONFIG" | "default";
}

export function configLocation(env: Record<string, string | undefined>): ConfigLocation {
  const named = set(env.SIGNALBOX_CONFIG);
  if (named !== null) return { path: resolve(named), from: "SIGNALBOX_CONFIG" };
  const clawback = set(env.CLAWBACK_CONFIG);
  if (clawback !== null && isOurs(clawback)) return { path: resolve(clawback), from: "CLAWBACK_CONFIG" };
  const claude = set(env.CLAUDE_CONFIG_DIR) ?? join(homedir(), ".claude");
  return { path: join(resolve(claude), "channels", "signalbox", "config.json"), from: "default" };
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
