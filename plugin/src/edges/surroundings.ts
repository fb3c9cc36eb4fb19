import { randomBytes } from "node:crypto";
import type { Surroundings } from "../core/surroundings.ts";
import { PLUGIN_VERSION } from "./version.ts";

type Env = Record<string, string | undefined>;

/** From the environment; a variable that is empty counts as not set. */
export function surroundingsFrom(env: Env): Surroundings {
  const attended = set(env.CLAUDE_CODE_SESSION_ATTENDED);
  return {
    sessionId: set(env.CLAUDE_CODE_SESSION_ID) ?? `made-${randomBytes(12).toString("hex")}`,
    instance: randomBytes(16).toString("hex"),
    entrypoint: set(env.CLAUDE_CODE_ENTRYPOINT),
    attended: attended === null ? null : attended !== "0",
    projectDir: set(env.CLAUDE_PROJECT_DIR),
    tag: tagIn(env, "SIGNALBOX_SESSION") ?? tagIn(env, "CLAWBACK_SESSION"),
    pluginVersion: PLUGIN_VERSION,
  };
}

function tagIn(env: Env, from: string) {
  const value = set(env[from]);
  return value === null ? null : { from, value };
}

export const set = (text: string | undefined): string | null =>
  text === undefined || text === "" ? null : text;
