/**
 * How a stand-in client is started, checked and filled with defaults in one place, because the options also
 * cross a process boundary (`standin-process.ts`).
 */
import { z } from "zod";
import { serverSchema } from "./plugin-folder.ts";

/** Spans of the real client, in ms. Tests may shorten them. */
const timingsSchema = z.object({
  /** Channel events that come sooner than this after `notifications/initialized` are lost. */
  earlyEventMs: z.number().default(1_000),
  /** From the end of a turn to the `idle_prompt` notification. */
  idlePromptMs: z.number().default(60_000),
  /** From the opening of a dialog to the `permission_prompt` notification. */
  permissionPromptMs: z.number().default(6_000),
  /** What `SessionEnd` hooks get before they are killed. */
  sessionEndMs: z.number().default(1_500),
  /** From the end of a server's stdin to SIGTERM, and from there to SIGKILL. */
  serverExitMs: z.number().default(2_000),
  /** How long a server may take to answer the handshake. */
  connectMs: z.number().default(10_000),
});

export const optionsSchema = z.object({
  /** A plugin folder, or servers as a user's own `.mcp.json` names them (no hooks, no `plugin:` names). */
  load: z.union([
    z.object({ pluginDir: z.string() }),
    z.object({ mcpServers: z.record(z.string(), serverSchema) }),
  ]),
  /** `CLAUDE_CONFIG_DIR`; the plugin's data folder and spilled tool results are below it. */
  configDir: z.string(),
  /** The project's folder. */
  cwd: z.string(),
  /** Whether the session was started with the server as a channel. */
  channel: z.boolean(),
  /** Added to the test's own environment, from which every `CLAUDE…` variable is removed first. */
  env: z.record(z.string(), z.string()).default({}),
  /** Variables that an older client does not set, for servers and hooks. */
  withoutEnv: z.array(z.string()).default([]),
  entrypoint: z.enum(["cli", "sdk-cli"]).default("cli"),
  /** `CLAUDE_CODE_SESSION_ATTENDED`; by default as the entrypoint has it. */
  attended: z.boolean().optional(),
  /** The id of a new session; made up when missing. */
  sessionId: z.string().optional(),
  /** The id of an earlier session to go on with (`claude --resume`). */
  resume: z.string().optional(),
  /** `false` is a plugin whose hooks are switched off. */
  hooks: z.boolean().default(true),
  /** Servers are usually not connected when `SessionStart` hooks run; `true` is the unusual order. */
  connectsBeforeSessionStart: z.boolean().default(false),
  /** The binary behind `node` in commands of servers and hooks; by default the one that runs the test. */
  node: z.string().optional(),
  permissionMode: z.enum(["default", "acceptEdits", "bypassPermissions"]).default("default"),
  /** Tools that run without a dialog in manual mode, by full name. Tools that only read never ask. */
  allowedTools: z.array(z.string()).default(["Bash", "Edit", "Write", "Task", "WebFetch"]),
  timings: timingsSchema.prefault({}),
});

/** What a test writes. */
export type StandInOptions = z.input<typeof optionsSchema>;
/** The same, with defaults filled in. */
export type Settings = z.output<typeof optionsSchema>;
export type Timings = Settings["timings"];
