/**
 * Reads a plugin folder: `.claude-plugin/plugin.json`, `.mcp.json` and `hooks/hooks.json`. What the real client
 * would refuse is refused here, with the file's name.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const serverSchema = z.object({
  type: z.literal("stdio").optional(),
  command: z.string(),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
});
export type ServerSpec = z.infer<typeof serverSchema>;

const timeout = z.number().positive().optional();

const mcpToolHook = z.object({
  type: z.literal("mcp_tool"),
  server: z.string(),
  tool: z.string(),
  input: z.record(z.string(), z.unknown()).default({}),
  /** Seconds. */
  timeout,
});

const commandHook = z.object({
  type: z.literal("command"),
  command: z.string(),
  /** Present: exec form, no shell. Missing: the command is a line for the shell. */
  args: z.array(z.string()).optional(),
  async: z.boolean().default(false),
  asyncRewake: z.boolean().default(false),
  /** Seconds. */
  timeout,
});

const hookSchema = z.discriminatedUnion("type", [mcpToolHook, commandHook]);

export type McpToolHook = z.infer<typeof mcpToolHook>;
export type CommandHook = z.infer<typeof commandHook>;
export type Hook = z.infer<typeof hookSchema>;

const hookGroups = z.record(
  z.string(),
  z.array(z.object({ matcher: z.string().optional(), hooks: z.array(hookSchema) })),
);
export type HookGroups = z.infer<typeof hookGroups>;

const pluginJson = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().optional(),
});
const hooksJson = z.object({ description: z.string().optional(), hooks: hookGroups });
/** In a plugin both forms are read: with and without the `mcpServers` around the servers. */
const mcpJson = z.union([
  z.object({ mcpServers: z.record(z.string(), serverSchema) }),
  z.record(z.string(), serverSchema).transform((mcpServers) => ({ mcpServers })),
]);

export interface Plugin {
  name: string;
  dir: string;
  servers: Record<string, ServerSpec>;
  hooks: HookGroups;
}

export function readPlugin(dir: string): Plugin {
  const { name } = readJson(join(dir, ".claude-plugin/plugin.json"), pluginJson);
  const mcpPath = join(dir, ".mcp.json");
  const hooksPath = join(dir, "hooks/hooks.json");
  return {
    name,
    dir,
    servers: existsSync(mcpPath) ? readJson(mcpPath, mcpJson).mcpServers : {},
    hooks: existsSync(hooksPath) ? readJson(hooksPath, hooksJson).hooks : {},
  };
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!parsed.success)
    throw new Error(`${path} is not what the client reads: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
