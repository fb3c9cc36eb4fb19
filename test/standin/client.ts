/**
 * A scripted Claude Code: it loads a plugin folder as the real client does, and lets a script be Claude. It keeps
 * these rules, from the Claude Code docs (Channels reference, Hooks reference, Plugins) and from runs of client
 * 2.1.329:
 *
 * - what is read of a plugin, and what a server and a hook find in their environment: `plugin-folder.ts`,
 *   `placeholders.ts`, `process-env.ts`
 * - the handshake and the life of a server, which is not started again: `servers.ts`, `mcp-connection.ts`
 * - which channel events are lost, and what the others look like: `channel-event.ts`
 * - which hooks fire, what their answers mean, which are left out: `hooks.ts`, `hook-matcher.ts`,
 *   `hook-output.ts`, `command-hook.ts`
 * - background hooks that wake the session: `waiters.ts`
 * - idle or busy, groups, joining a running turn, withdrawing, the idle notification: `conversation.ts`
 * - a turn, Esc, Stop blocks: `turn.ts`; a tool's way from `PreToolUse` to `PostToolUse`: `tool-use.ts`
 * - deferred tools: `toolbox.ts`; what Claude sees of a result: `tool-result.ts`
 * - dialogs and the permission relay: `dialogs.ts`
 * - start, `/clear`, `/compact`, exit, kill -9: here
 *
 * What Claude does is a `ClaudeScript` (`claude-script.ts`; a ready one in `acking-claude.ts`), what happened is in
 * the `transcript`. `StandInProcess` is the same in a process of its own.
 *
 * @example
 * const client = await StandInClient.start({ load: { pluginDir }, configDir, cwd, channel: true }, ackingClaude());
 * const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
 * await client.close();
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { ClaudeScript } from "./claude-script.ts";
import { Conversation } from "./conversation.ts";
import { Dialogs } from "./dialogs.ts";
import { Hooks } from "./hooks.ts";
import type { Params } from "./json-rpc.ts";
import { optionsSchema, type Settings, type StandInOptions } from "./options.ts";
import { readPlugin } from "./plugin-folder.ts";
import { environments, nodeBinary } from "./process-env.ts";
import { Servers } from "./servers.ts";
import { StandIn } from "./stand-in.ts";
import { Toolbox } from "./toolbox.ts";
import type { Entry, EntryOf } from "./transcript-entry.ts";
import { Waiters } from "./waiters.ts";

/** What a closing test waits for a server's own exit. */
const CLOSE_MS = 500;

export class StandInClient extends StandIn {
  readonly pid = process.pid;
  #settings: Settings;
  #servers: Servers;
  #toolbox: Toolbox;
  #waiters: Waiters;
  #hooks: Hooks;
  #dialogs: Dialogs;
  #conversation: Conversation;
  #hookSessionId: string;
  #ended: Promise<void> | undefined;

  /** Starts a session and resolves when its servers are connected, or have failed to. */
  static async start(
    options: StandInOptions,
    claude: ClaudeScript,
    pass?: (entry: Entry) => void,
  ): Promise<StandInClient> {
    const client = new StandInClient(optionsSchema.parse(options), claude, pass);
    await client.#begin();
    return client;
  }

  private constructor(settings: Settings, claude: ClaudeScript, pass?: (entry: Entry) => void) {
    super(pass);
    const { transcript } = this;
    const { load, cwd, timings } = settings;
    const plugin = "pluginDir" in load ? readPlugin(load.pluginDir) : undefined;
    this.#settings = settings;
    this.#hookSessionId = settings.resume ?? settings.sessionId ?? randomUUID();
    const env = environments(settings, plugin, this.#hookSessionId);
    this.#servers = new Servers({
      settings,
      plugin,
      env: env.server,
      transcript,
      arrived: (tag) => this.#conversation.arrive("channel", tag),
      permitted: (params) => this.#dialogs.relayed(params),
    });
    this.#toolbox = new Toolbox(this.#servers);
    const command = { env: env.hook, cwd, node: nodeBinary(settings) };
    this.#waiters = new Waiters(command, transcript, (text) => this.#conversation.arrive("wake", text));
    this.#hooks = new Hooks({
      groups: settings.hooks ? (plugin?.hooks ?? {}) : {},
      command,
      waiters: this.#waiters,
      transcript,
      server: (name) => this.#servers.named(name),
      facts: () => this.#facts(),
    });
    this.#dialogs = new Dialogs({
      hooks: this.#hooks,
      transcript,
      permissionPromptMs: timings.permissionPromptMs,
      relay: (params) => this.#servers.relay(params),
    });
    this.#conversation = new Conversation({
      claude,
      hooks: this.#hooks,
      dialogs: this.#dialogs,
      toolbox: this.#toolbox,
      transcript,
      settings,
      spillFolder: join(settings.configDir, "tool-results"),
      instructions: () => this.#servers.instructions,
    });
  }

  async prompt(text: string): Promise<void> {
    this.#conversation.arrive("user", text);
  }

  async pressEsc(): Promise<void> {
    await this.#conversation.escape("Esc");
  }

  async answerDialog(behavior: "allow" | "deny"): Promise<void> {
    this.#dialogs.answer(behavior);
  }

  async clear(): Promise<void> {
    this.#conversation.hold();
    await this.#conversation.escape("/clear");
    await this.#endSession("clear");
    this.#hookSessionId = randomUUID();
    this.#toolbox.forgetSearches();
    this.#conversation.forgetContext();
    await this.#startSession("clear");
    this.#conversation.release();
  }

  async compact(): Promise<void> {
    await this.#hooks.fire("PreCompact", { trigger: "manual", custom_instructions: "" });
    await this.#startSession("compact");
  }

  async exit(): Promise<void> {
    this.#ended ??= this.#exit();
    await this.#ended;
  }

  /**
   * Here only the pipes are cut: the process is the test's own. `StandInProcess` can be killed in earnest.
   */
  async kill9(): Promise<void> {
    this.#ended ??= this.#cut();
    await this.#ended;
  }

  async close(): Promise<void> {
    this.#ended ??= this.#close();
    await this.#ended;
    await this.#endProcesses(CLOSE_MS);
  }

  async #begin(): Promise<void> {
    const source = this.#settings.resume === undefined ? "startup" : "resume";
    if (this.#settings.connectsBeforeSessionStart) {
      await this.#servers.connect();
      await this.#startSession(source);
    } else {
      // Hooks are begun first, so that those that call a tool find no server, and command hooks run before it is up.
      const started = this.#startSession(source);
      await this.#servers.connect();
      await started;
    }
    this.#conversation.release();
  }

  async #startSession(source: EntryOf<"session">["source"]): Promise<void> {
    this.transcript.add({ kind: "session", sessionId: this.#hookSessionId, source });
    const { context } = await this.#hooks.fire("SessionStart", { source });
    this.#conversation.addContext(context);
  }

  async #endSession(reason: string): Promise<void> {
    this.transcript.add({ kind: "session-end", sessionId: this.#hookSessionId, reason });
    await this.#hooks.fire("SessionEnd", { reason }, undefined, this.#settings.timings.sessionEndMs);
  }

  #facts(): Params & { session_id: string } {
    const { configDir, cwd, permissionMode } = this.#settings;
    return {
      session_id: this.#hookSessionId,
      transcript_path: join(configDir, "projects", cwd.replaceAll("/", "-"), `${this.#hookSessionId}.jsonl`),
      cwd,
      permission_mode: permissionMode,
    };
  }

  async #exit(): Promise<void> {
    await this.#conversation.end("exit");
    await this.#endSession("prompt_input_exit");
    await this.#endProcesses(this.#settings.timings.serverExitMs);
    this.transcript.add({ kind: "closed", how: "exit" });
  }

  async #cut(): Promise<void> {
    this.transcript.add({ kind: "closed", how: "kill-9" });
    this.#servers.cut();
    this.#waiters.forget();
    await this.#conversation.end("kill -9");
  }

  async #close(): Promise<void> {
    await this.#conversation.end("the end of the test");
    this.transcript.add({ kind: "closed", how: "close" });
  }

  async #endProcesses(serverExitMs: number): Promise<void> {
    await this.#servers.close(serverExitMs);
    await this.#waiters.close();
  }
}
