/** The bundle as a process of the user's own Node, spoken to over stdio as a client does. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { z } from "zod";
import { until } from "../world/until.ts";

const dist = (name: string) => fileURLToPath(new URL(`../../plugin/dist/${name}`, import.meta.url));

/** Inside npm scripts this is the Node that the user has; null where it is not known or not Node 20. */
export function usersNode(): string | null {
  const path = process.env.npm_node_execpath;
  if (path === undefined) return null;
  return execFileSync(path, ["--version"], { encoding: "utf8" }).startsWith("v20.") ? path : null;
}

const ChannelNotification = z.object({
  method: z.literal("notifications/claude/channel"),
  params: z.object({ content: z.string(), meta: z.record(z.string(), z.string()) }),
});

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "box-"));
  readonly config = join(this.folder, "config.json");
  readonly env: Record<string, string>;
  #node: string;
  #owned: { close(): unknown }[] = [];

  constructor(node: string) {
    this.#node = node;
    this.env = {
      PATH: process.env.PATH ?? "",
      SIGNALBOX_CONFIG: this.config,
      CLAUDE_PLUGIN_DATA: join(this.folder, "data"),
      XDG_RUNTIME_DIR: this.folder,
      CLAUDE_CODE_ENTRYPOINT: "cli",
      CLAUDE_CODE_SESSION_ID: "session-1",
    };
  }

  configure(remote: string, more: object = {}): void {
    const text = JSON.stringify({ remote, connectionToken: "cbt_test", ...more });
    writeFileSync(this.config, text, { mode: 0o600 });
  }

  async session(name = "claude-code"): Promise<Session> {
    const session = await Session.start(this.#node, this.env, name);
    this.#owned.push(session);
    return session;
  }

  waiter(): Waiter {
    const waiter = new Waiter(this.#node, { ...this.env, CLAUDE_PID: String(process.pid) });
    this.#owned.push(waiter);
    return waiter;
  }

  own(closable: { close(): unknown }): void {
    this.#owned.push(closable);
  }

  async close(): Promise<void> {
    for (const one of this.#owned.reverse()) await one.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One plugin process with its client. */
export class Session {
  readonly events: { content: string; meta: Record<string, string> }[] = [];
  readonly client: Client;
  #transport: StdioClientTransport;
  #log = "";

  private constructor(node: string, env: Record<string, string>, name: string) {
    this.client = new Client({ name, version: "2.1.329" });
    this.#transport = new StdioClientTransport({
      command: node,
      args: [dist("server.mjs")],
      env,
      stderr: "pipe",
    });
    this.#transport.stderr?.on("data", (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
    this.client.setNotificationHandler(ChannelNotification, ({ params }) => {
      this.events.push(params);
    });
  }

  static async start(node: string, env: Record<string, string>, name: string): Promise<Session> {
    const session = new Session(node, env, name);
    await session.client.connect(session.#transport);
    return session;
  }

  get log(): string {
    return this.#log;
  }

  get pid(): number {
    const { pid } = this.#transport;
    if (pid === null) throw new Error("the plugin does not run");
    return pid;
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<string> {
    const { content } = z
      .object({ content: z.array(z.object({ type: z.literal("text"), text: z.string() })) })
      .parse(await this.client.callTool({ name, arguments: args }));
    return content.map(({ text }) => text).join("\n");
  }

  async hook(event: string, more: Record<string, unknown> = {}): Promise<unknown> {
    return JSON.parse(await this.call("hook", { event, session_id: "session-1", ...more }));
  }

  kill(): void {
    process.kill(this.pid, "SIGKILL");
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

export class Waiter {
  #child: ChildProcess;
  #said = "";
  #code: number | null | undefined;

  constructor(node: string, env: Record<string, string>) {
    this.#child = spawn(node, [dist("wait.mjs")], { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    this.#child.on("close", (code) => {
      this.#code = code;
    });
  }

  get running(): boolean {
    return this.#code === undefined;
  }

  /** How it left: its exit code and what it said. Sooner than one that looks for a server in vain, which gives up after 30 s. */
  async left(withinMs = 20_000): Promise<{ code: number | null; said: string }> {
    await until(() => !this.running, "the waiter's end", withinMs);
    return { code: this.#code ?? null, said: this.#said };
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
