/**
 * The tools of the servers that are connected. Every one is deferred, so that Claude must search for it first, unless it
 * carries `_meta["anthropic/alwaysLoad"]` (seen with client 2.1.329).
 */
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import type { McpConnection } from "./mcp-connection.ts";

export interface KnownTool {
  /** `mcp__SERVER__TOOL`; the server `plugin:NAME:SERVER` is written `plugin_NAME_SERVER`. */
  fullName: string;
  tool: Tool;
  server: McpConnection;
}

export class Toolbox {
  #servers: Iterable<McpConnection>;
  #found = new Set<string>();

  constructor(servers: Iterable<McpConnection>) {
    this.#servers = servers;
  }

  /** By its full name, or by its own where only one server has it. */
  find(name: string): KnownTool | undefined {
    const named = this.#all().filter(({ fullName, tool }) => fullName === name || tool.name === name);
    return named.length === 1 ? named[0] : undefined;
  }

  isDeferred({ fullName, tool }: KnownTool): boolean {
    return !alwaysLoaded(tool) && !this.#found.has(fullName);
  }

  /** What Claude reads as the result of its search. */
  search(names: readonly string[]): string {
    const found = names.flatMap((name) => this.find(name) ?? []);
    for (const { fullName } of found) this.#found.add(fullName);
    return found.length === 0
      ? "No matching deferred tools found"
      : found.map(({ fullName, tool }) => `${fullName}: ${tool.description ?? ""}`).join("\n");
  }

  /** `/clear` also forgets what was searched for. */
  forgetSearches(): void {
    this.#found.clear();
  }

  #all(): KnownTool[] {
    const connected = [...this.#servers].filter((server) => server.connected);
    return connected.flatMap((server) =>
      server.tools.map((tool) => ({ fullName: fullName(server.name, tool.name), tool, server })),
    );
  }
}

export function fullName(server: string, tool: string): string {
  return `mcp__${server.replace(/[^a-zA-Z0-9_-]/g, "_")}__${tool}`;
}

export function alwaysLoaded(tool: Tool): boolean {
  return tool._meta?.["anthropic/alwaysLoad"] === true;
}
