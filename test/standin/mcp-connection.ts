/**
 * One MCP server over stdio, from spawn to the last signal. As the real client does: probe `server/discover`,
 * fall back on `-32601`, initialize, list the tools. A server that dies is not started again. Tool calls are
 * waited for without a limit.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  type CallToolResult,
  CallToolResultSchema,
  type InitializeResult,
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  ListToolsResultSchema,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import { endProcess } from "./end-process.ts";
import { CONNECTION_CLOSED, JsonRpcPeer, METHOD_NOT_FOUND, type Params, RpcFailure } from "./json-rpc.ts";
import { eachLine } from "./lines.ts";
import type { Transcript } from "./transcript.ts";

const CLIENT = { name: "claude-code", version: "2.1.329" };
const NEWER_PROTOCOL = "2026-07-28";

export interface ServerCommand {
  /** As hooks and `<channel source>` name it: `plugin:NAME:SERVER`, or SERVER alone. */
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

export class McpConnection {
  readonly name: string;
  readonly exited: Promise<void>;
  tools: Tool[] = [];
  /** When `notifications/initialized` was sent (ms since the epoch); before that there is no session. */
  initializedAt = Number.POSITIVE_INFINITY;
  #child: ChildProcess;
  #peer: JsonRpcPeer;
  #handshake: InitializeResult | undefined;
  #transcript: Transcript;
  #cwd: string;

  constructor(
    command: ServerCommand,
    transcript: Transcript,
    heard: (method: string, params: Params) => void,
  ) {
    this.name = command.name;
    this.#transcript = transcript;
    this.#cwd = command.cwd;
    const child = spawn(command.command, command.args, { cwd: command.cwd, env: command.env, stdio: "pipe" });
    this.#child = child;
    this.#peer = new JsonRpcPeer({
      send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
      answer: (method) => this.#answer(method),
      note: (method, params) => {
        if (method === "notifications/tools/list_changed") void this.#listTools().catch(() => {});
        else heard(method, params);
      },
    });
    // A server that is gone breaks the pipe; its exit is what counts.
    child.stdin.on("error", () => {});
    eachLine(child.stdout, (line) => this.#read(line));
    eachLine(child.stderr, (line) => transcript.add({ kind: "server-log", server: this.name, line }));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.exited = promise;
    child.once("error", (error) => this.#left(error.message, null, null, resolve));
    child.once("close", (code, signal) => this.#left("the server has exited", code, signal, resolve));
    transcript.add({ kind: "server-start", server: this.name, pid: child.pid ?? -1 });
  }

  get connected(): boolean {
    return this.#handshake !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get instructions(): string | undefined {
    return this.#handshake?.instructions;
  }

  declares(experimental: string): boolean {
    return this.#handshake?.capabilities.experimental?.[experimental] !== undefined;
  }

  async connect(withinMs: number): Promise<void> {
    const signal = AbortSignal.timeout(withinMs);
    await this.#probe(signal);
    const result = await this.#peer.request(
      "initialize",
      { protocolVersion: LATEST_PROTOCOL_VERSION, capabilities: { roots: {} }, clientInfo: CLIENT },
      signal,
    );
    const handshake = InitializeResultSchema.parse(result);
    this.#peer.notify("notifications/initialized", {});
    this.initializedAt = Date.now();
    this.#handshake = handshake;
    if (handshake.capabilities.tools) await this.#listTools(signal);
  }

  async call(tool: string, args: Params, signal?: AbortSignal): Promise<CallToolResult> {
    if (!this.connected) throw new RpcFailure(CONNECTION_CLOSED, `MCP server ${this.name} is not connected`);
    const result = await this.#peer.request("tools/call", { name: tool, arguments: args }, signal);
    return CallToolResultSchema.parse(result);
  }

  notify(method: string, params: Params): void {
    this.#peer.notify(method, params);
  }

  /** Closes the server's stdin, and only when that is not enough, ends it by signals. */
  async close(exitMs: number): Promise<void> {
    this.#peer.close("the client has closed the connection");
    this.#child.stdin?.end();
    await endProcess(this.#child, this.exited, exitMs);
  }

  /** What the end of a killed client looks like from the server: every pipe is broken at once. */
  cut(): void {
    this.#peer.close("the client was killed");
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  async #probe(signal: AbortSignal): Promise<void> {
    try {
      await this.#peer.request("server/discover", { _meta: { protocolVersion: NEWER_PROTOCOL } }, signal);
    } catch (error) {
      if (error instanceof RpcFailure && error.code === METHOD_NOT_FOUND) return;
      throw error;
    }
    throw new Error("server/discover was answered: a channel server must refuse it with -32601");
  }

  async #listTools(signal?: AbortSignal): Promise<void> {
    const tools: Tool[] = [];
    let cursor: string | undefined;
    do {
      const answer = await this.#peer.request("tools/list", cursor === undefined ? {} : { cursor }, signal);
      const page = ListToolsResultSchema.parse(answer);
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    this.tools = tools;
  }

  async #answer(method: string): Promise<unknown> {
    if (method === "ping") return {};
    if (method === "roots/list") return { roots: [{ uri: `file://${this.#cwd}` }] };
    throw new RpcFailure(METHOD_NOT_FOUND, `Method not found: ${method}`);
  }

  #read(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      // Told below, like JSON that is no message.
    }
    if (!this.#peer.receive(message)) this.#transcript.add({ kind: "server-noise", server: this.name, line });
  }

  #left(reason: string, code: number | null, signal: string | null, done: () => void): void {
    this.#peer.close(reason);
    this.#transcript.add({ kind: "server-exit", server: this.name, code, signal });
    done();
  }
}
