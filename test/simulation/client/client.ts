/**
 * One process of a client, with the plugin that it has started: it keeps the rules of the channel contract, as the
 * stand-in of `test/standin/` does with real processes.
 */
import type { ToolAnswer } from "../../../plugin/src/core/tools/tool.ts";
import { wakeLine } from "../../../plugin/src/edges/waiter-talk.ts";
import { receiveChannelEvent } from "../../standin/channel-event.ts";
import type { Reader } from "../happening.ts";
import { PluginProcess } from "../plugin/plugin.ts";
import type { Waiter } from "../plugin/waiters.ts";
import type { Life } from "../time/life.ts";
import type { World } from "../world.ts";
import { Conversation } from "./conversation.ts";
import { NO_VERDICT, UNANSWERED, type Verdict, verdictOf } from "./hooks.ts";

/** `bare`: Claude Code with the MCP server alone. `other`: another MCP client, which asks for its events. */
export type ClientKind = "claude" | "bare" | "other" | "headless";

export interface ClientOptions {
  name: string;
  kind: ClientKind;
  account: string;
  tag: string | null;
  messaging: boolean;
  sessionId: string;
  /** The session was started with the plugin as a channel. */
  channel: boolean;
  /** `--resume`. */
  resumes: { conversation: number } | null;
}

/** How often a channel event takes long to be shown. */
const LATE = 0.05;
const EARLY_MS = 1_000;
const KNOCKS_MS = 30_000;
const IDLE_PROMPT_MS = 60_000;

export class Client {
  readonly life: Life;
  readonly options: ClientOptions;
  readonly world: World;
  readonly conversation: Conversation;
  plugin: PluginProcess | null = null;
  /** Of the conversation, as hooks tell it: /clear makes a new one. */
  sessionId: string;
  /** As the configuration names it now; it counts from the next link on. */
  tag: string | null;
  messaging: boolean;
  #waiter: Waiter | null = null;
  #initializedAt = Number.POSITIVE_INFINITY;
  #idlePrompt = { cancel() {} };

  constructor(world: World, options: ClientOptions) {
    this.world = world;
    this.options = options;
    this.sessionId = options.sessionId;
    this.tag = options.tag;
    this.messaging = options.messaging;
    this.life = world.desk.start(options.name).life;
    this.conversation = new Conversation(this, options.resumes?.conversation ?? world.nextConversation());
    this.life.onEnd(() => this.plugin?.life.end());
    this.life.after(world.chance.around(150), () => this.#startPlugin());
    void this.fire("SessionStart", { source: options.resumes === null ? "startup" : "resume" });
    this.nowIdle();
  }

  get hooks(): boolean {
    return this.options.kind === "claude" || this.options.kind === "headless";
  }

  get reader(): Reader {
    const { name, account, sessionId } = this.options;
    const instance = this.plugin?.instance ?? "";
    return {
      client: name,
      account,
      session: sessionId,
      conversation: this.conversation.id,
      instance,
      hooks: this.hooks,
    };
  }

  tell(what: string): void {
    this.world.tell(this.options.name, what);
  }

  /** The client leaves as it should: stdin of the plugin closes. */
  quit(): void {
    const { plugin } = this;
    this.plugin = null;
    this.life.end();
    if (plugin === null || plugin.life.over) return;
    plugin.box.close();
    plugin.life.after(200, () => plugin.life.end());
  }

  async fire(event: string, fields: Record<string, string>): Promise<Verdict> {
    if (!this.hooks) return NO_VERDICT;
    if (event === "SessionStart" || event === "UserPromptSubmit") this.#startWaiter();
    const { chance } = this.world;
    await this.life.pause(chance.around(8));
    const { plugin } = this;
    if (plugin === null || plugin.life.over) return UNANSWERED;
    const call = { event, session_id: this.sessionId, ...fields };
    const answer = await this.life.ask(plugin.life, () =>
      plugin.box.call("hook", call, new AbortController().signal),
    );
    if (answer === null) return UNANSWERED;
    await this.life.pause(chance.around(3));
    return verdictOf(answer.text);
  }

  /** Null: the plugin is gone. */
  async call(tool: string, args: object, signal: AbortSignal): Promise<ToolAnswer | null> {
    const { chance } = this.world;
    await this.life.pause(chance.around(3));
    const { plugin } = this;
    if (plugin === null || plugin.life.over) return null;
    const answer = await this.life.ask(plugin.life, () => plugin.box.call(tool, args, signal));
    await this.life.pause(chance.around(2));
    if (!signal.aborted && !plugin.life.over) answer?.whenWritten?.();
    return answer;
  }

  /** The terminal is idle: a while later it says so. */
  nowIdle(): void {
    this.nowBusy();
    this.#idlePrompt = this.life.after(IDLE_PROMPT_MS, () => {
      void this.fire("Notification", { notification_type: "idle_prompt" });
    });
    if (this.options.kind === "other") this.#asksAgain();
  }

  nowBusy(): void {
    this.#idlePrompt.cancel();
  }

  /** Its waiter is killed. False: there is none. */
  killWaiter(): boolean {
    const { plugin } = this;
    if (this.#waiter === null || plugin === null || plugin.life.over || !plugin.waiters.attached)
      return false;
    plugin.waiters.gone(this.#waiter);
    return true;
  }

  #startPlugin(): void {
    const { world, options } = this;
    const { kind, name, sessionId } = options;
    const { life, pid } = world.desk.start(`${name}.plugin`);
    const plugin = new PluginProcess({
      life,
      pid,
      chance: world.chance,
      network: world.network,
      desk: world.desk,
      client: { channel: (content, meta) => this.#channelEvent(plugin, content, meta) },
      configuration: () => world.configurationOf(options.account, kind, this),
      replaceToken: (from, to) => world.keeper.saves(options.account, name, from, to),
      sessionId,
      entrypoint: kind === "other" ? null : kind === "headless" ? "sdk-cli" : "cli",
      attended: kind === "other" ? null : kind !== "headless",
      witness: (happening) => world.witness(happening),
    });
    this.plugin = plugin;
    this.tell(`plugin ${plugin.instance.slice(0, 8)} starts for session ${sessionId}`);
    plugin.box.start();
    life.after(world.chance.around(100), () => {
      this.#initializedAt = world.time.now;
      plugin.box.initialized({ name: kind === "other" ? "some-client" : "claude-code", version: "2.1.329" });
    });
  }

  #channelEvent(plugin: PluginProcess, content: string, meta: Record<string, string>): void {
    const sentAfterMs = this.world.time.now - this.#initializedAt;
    const { chance } = this.world;
    this.life.after(chance.one(LATE) ? chance.between(800, 5_000) : chance.around(3), () => {
      const { kind, channel } = this.options;
      if (this.plugin !== plugin) return;
      const event = receiveChannelEvent(
        { content, meta },
        {
          loaded: channel && kind !== "other",
          declared: true,
          source: "plugin:signalbox:box",
          sinceInitializedMs: sentAfterMs,
          earlyEventMs: EARLY_MS,
        },
      );
      if (event.kind === "arrives") this.conversation.arrive({ origin: "channel", text: event.tag });
      else this.world.count("channel event lost");
    });
  }

  /** A process of its own: it comes up in a moment, and knocks until the plugin is there. */
  #startWaiter(): void {
    const { chance, time } = this.world;
    const until = time.now + KNOCKS_MS;
    const waiter: Waiter = {
      woken: (eventId) => void this.life.after(chance.around(15), () => this.#wakes(eventId)),
      sentAway: () => {},
    };
    const knock = () => {
      const { plugin } = this;
      if (plugin !== null && !plugin.life.over) {
        this.#waiter = waiter;
        plugin.waiters.attach(waiter);
      } else if (time.now < until) this.life.after(1_000, knock);
    };
    this.life.after(chance.around(120), knock);
  }

  #wakes(eventId: string): void {
    const text = [
      "<system-reminder>",
      `Stop hook blocking error from command "node /plugin/dist/wait.mjs": ${wakeLine(eventId)}`,
      "",
      "This is an automated background event, NOT a message from the user. It is not approval of anything.",
      "</system-reminder>",
    ].join("\n");
    this.conversation.arrive({ origin: "wake", text });
  }

  /** Whoever uses another client tells it to look for events now and then. */
  #asksAgain(): void {
    const ms = this.world.chance.between(1_000, 15_000);
    this.life.after(ms, () => this.conversation.arrive({ origin: "user", text: "take the next event" }));
  }
}
