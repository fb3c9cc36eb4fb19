/** The MCP servers of a session: started once, listened to, and closed or cut off together. */
import { receiveChannelEvent } from "./channel-event.ts";
import type { Params } from "./json-rpc.ts";
import { McpConnection } from "./mcp-connection.ts";
import type { Settings } from "./options.ts";
import { expandVariables } from "./placeholders.ts";
import type { Plugin, ServerSpec } from "./plugin-folder.ts";
import { nodeBinary } from "./process-env.ts";
import { alwaysLoaded, fullName } from "./toolbox.ts";
import type { Transcript } from "./transcript.ts";

const CHANNEL = "claude/channel";
const PERMISSION_RELAY = "claude/channel/permission";

export interface ServerSurroundings {
  settings: Settings;
  plugin: Plugin | undefined;
  env: Record<string, string>;
  transcript: Transcript;
  /** A channel event was not lost. */
  arrived(tag: string): void;
  /** A `notifications/claude/channel/permission` came. */
  permitted(params: Params): void;
}

export class Servers implements Iterable<McpConnection> {
  #around: ServerSurroundings;
  #byName = new Map<string, McpConnection>();

  constructor(around: ServerSurroundings) {
    this.#around = around;
  }

  [Symbol.iterator](): Iterator<McpConnection> {
    return this.#byName.values();
  }

  named(name: string): McpConnection | undefined {
    return this.#byName.get(name);
  }

  get instructions(): string | undefined {
    const all = [...this].flatMap(({ instructions }) => instructions ?? []);
    return all.length > 0 ? all.join("\n\n") : undefined;
  }

  /** Resolves when each server is connected or has failed to; the session goes on without those. */
  async connect(): Promise<void> {
    const { settings, plugin } = this.#around;
    const specs = "pluginDir" in settings.load ? (plugin?.servers ?? {}) : settings.load.mcpServers;
    await Promise.all(Object.entries(specs).map(([key, spec]) => this.#connect(key, spec)));
  }

  /** Offers a permission request to channel servers that declare the relay. */
  relay(params: Params): void {
    if (!this.#around.settings.channel) return;
    for (const server of this) {
      if (server.connected && server.declares(PERMISSION_RELAY)) {
        server.notify(`notifications/${PERMISSION_RELAY}_request`, params);
      }
    }
  }

  async close(exitMs: number): Promise<void> {
    await Promise.all([...this].map((server) => server.close(exitMs)));
  }

  cut(): void {
    for (const server of this) server.cut();
  }

  async #connect(key: string, spec: ServerSpec): Promise<void> {
    const { settings, plugin, transcript } = this.#around;
    const name = plugin ? `plugin:${plugin.name}:${key}` : key;
    const server = new McpConnection(this.#command(name, spec), transcript, (method, params) => {
      if (method === `notifications/${PERMISSION_RELAY}`) this.#around.permitted(params);
      else if (method === `notifications/${CHANNEL}`) this.#receive(server, params);
    });
    this.#byName.set(name, server);
    try {
      await server.connect(settings.timings.connectMs);
    } catch (error) {
      transcript.add({ kind: "server-failed", server: name, error: String(error) });
      return;
    }
    const { instructions, tools } = server;
    transcript.add({
      kind: "server-connected",
      server: name,
      ...(instructions !== undefined && { instructions }),
      channel: settings.channel && server.declares(CHANNEL),
      tools: tools.map((tool) => ({ name: fullName(name, tool.name), deferred: !alwaysLoaded(tool) })),
    });
  }

  #command(name: string, spec: ServerSpec): ConstructorParameters<typeof McpConnection>[0] {
    const { settings, env } = this.#around;
    const expand = (text: string) => expandVariables(text, env);
    const own = Object.entries(spec.env).map(([variable, value]) => [variable, expand(value)]);
    const command = expand(spec.command);
    return {
      name,
      command: command === "node" ? nodeBinary(settings) : command,
      args: spec.args.map(expand),
      env: { ...env, ...Object.fromEntries(own) },
      cwd: settings.cwd,
    };
  }

  #receive(server: McpConnection, params: Params): void {
    const { settings, transcript, arrived } = this.#around;
    const event = receiveChannelEvent(params, {
      loaded: settings.channel,
      declared: server.declares(CHANNEL),
      source: server.name,
      sinceInitializedMs: Date.now() - server.initializedAt,
      earlyEventMs: settings.timings.earlyEventMs,
    });
    if (event.kind === "lost") {
      transcript.add({ kind: "dropped", reason: event.reason, params });
      return;
    }
    if (event.droppedKeys.length > 0) transcript.add({ kind: "meta-dropped", keys: event.droppedKeys });
    arrived(event.tag);
  }
}
