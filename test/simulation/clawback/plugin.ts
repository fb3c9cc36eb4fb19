/**
 * One process of Clawback's plugin, as its documentation tells of it: it buffers events in memory, shows one at a time, keeps its acks while
 * it is offline, gives up waiting by itself, and loses its buffer when it dies.
 */
import type { Chance } from "../chance.ts";
import type { Life } from "../time/life.ts";
import type { World } from "../world.ts";
import { Screen } from "./screen.ts";
import type { PluginSide } from "./socket.ts";

const SECOND = 1_000;
const SILENCE_MS = 90 * SECOND;
const MOST_ACKS = 1_000;

interface Frame {
  type: string;
  id?: string;
  content?: string;
  requestId?: string;
  data?: { id?: string; token?: string } | null;
}

export interface PluginParts {
  world: World;
  life: Life;
  name: string;
  account: string;
  tag: string | null;
  /** Claude acks what he is shown, sooner or later, or not at all. */
  works(): boolean;
}

export class ClawbackPlugin {
  readonly life: Life;
  readonly #parts: PluginParts;
  readonly #instance: string;
  #socket: PluginSide | null = null;
  /** The token that it has connected by. */
  #shown = "";
  #online = false;
  #heardAt = 0;
  #failures = 0;
  #offlineUntil = 0;
  readonly #screen: Screen;
  #offline: string[] = [];
  #requests = 0;
  /** By request: the token with which a rotation was asked for. */
  readonly #rotating = new Map<string, string>();

  constructor(parts: PluginParts) {
    this.#parts = parts;
    this.life = parts.life;
    this.#instance = Buffer.from(parts.world.chance.random().bytes(8)).toString("hex");
    const reader = {
      client: parts.name,
      account: parts.account,
      session: parts.name,
      conversation: parts.world.nextConversation(),
      instance: this.#instance,
      hooks: false,
    };
    this.#screen = new Screen({ ...parts, reader }, (id, summary) => this.#sendAck(id, summary, false));
    this.#connect();
    this.#listensForSilence();
  }

  /** As it does when Claude Code ends. */
  leaves(): void {
    this.#socket?.close(true);
    this.life.after(200, () => this.life.end());
  }

  /** Its machine has no network for so long; `told`: whether the server is. */
  isOffline(forMs: number, told: boolean): boolean {
    const { network, time } = this.#parts.world;
    const socket = network.sockets.find((one) => one.plugin.life === this.life && one.open);
    if (socket === undefined) return false;
    this.#offlineUntil = time.now + forMs;
    socket.cut(told ? "both" : "plugin");
    return true;
  }

  /** Of something that it has acked before. */
  acksAgain(): boolean {
    const { chance } = this.#parts.world;
    const { acked } = this.#screen;
    if (acked.length === 0) return false;
    this.#sendAck(chance.of(acked), "did it, and say so again", true);
    return true;
  }

  asks(): boolean {
    const { world, name } = this.#parts;
    if (!this.#online) return false;
    const requestId = `${name}-${this.#requests++}`;
    const request = {
      account_info: {},
      session_list: {},
      cron_list: {},
      event_history: { limit: 5 },
      session_send: { targets: ["deploys"], content: `from ${name} ${world.nextMessage()} mark~` },
      token_rotate: {},
    };
    const type = world.chance.of(Object.keys(request) as (keyof typeof request)[]);
    if (type === "token_rotate") {
      const token = this.#shown;
      this.#rotating.set(requestId, token);
      world.witness({ kind: "calls", call: { token, method: "ListTokens", request: {} } });
    }
    this.#say({ type, requestId, ...request[type] });
    world.count(`clawback asks ${type}`);
    return true;
  }

  get #chance(): Chance {
    return this.#parts.world.chance;
  }

  #token(): string {
    const { world, account, name } = this.#parts;
    return world.keeper.keyring.of(account, name).secret;
  }

  #connect(): void {
    const { world, account, tag } = this.#parts;
    const token = this.#token();
    this.#shown = token;
    const socket = world.network.openSocket(this.life, { token, account, tag, instance: this.#instance });
    this.#socket = socket;
    this.#heardAt = world.time.now;
    socket.listen({
      onText: (text) => {
        if (this.#socket === socket) this.#hears(JSON.parse(text) as Frame); // The server's.
      },
      onClose: () => {
        if (this.#socket === socket) this.#closed();
      },
    });
    this.life.after(world.network.delayMs(), () => {
      if (this.#socket === socket)
        this.#say({ type: "auth", token, ...(tag !== null && { sessionTag: tag }) });
    });
  }

  #closed(): void {
    this.#socket = null;
    this.#online = false;
    const ms = Math.min(30 * SECOND, SECOND * 2 ** this.#failures) * this.#chance.between(0.5, 1);
    this.#failures += 1;
    const { time } = this.#parts.world;
    this.life.after(Math.max(ms, this.#offlineUntil - time.now), () => this.#connect());
  }

  #listensForSilence(): void {
    this.life.after(5 * SECOND, () => {
      const { time } = this.#parts.world;
      if (this.#socket !== null && time.now - this.#heardAt > SILENCE_MS) {
        this.#socket.close(false);
        this.#closed();
      }
      this.#listensForSilence();
    });
  }

  #hears(frame: Frame): void {
    const { world } = this.#parts;
    this.#heardAt = world.time.now;
    switch (frame.type) {
      case "auth_ok":
        this.#online = true;
        this.#failures = 0;
        for (const ack of this.#offline.splice(0)) this.#socket?.send(ack);
        return;
      case "ping":
        this.#say({ type: "pong" });
        return;
      case "event":
        this.#screen.receives({ id: frame.id ?? "", content: frame.content ?? "" });
        return;
      case "response":
        this.#answered(frame);
    }
  }

  /** It keeps the new token in its configuration. */
  #answered({ requestId = "", data }: Frame): void {
    const { world, account, name } = this.#parts;
    const from = this.#rotating.get(requestId);
    this.#rotating.delete(requestId);
    if (from === undefined || data?.token === undefined || data.id === undefined) return;
    const call = {
      token: from,
      method: "RotateToken",
      request: { from: { session: "", instance: this.#instance } },
    };
    world.witness({ kind: "answered", call, response: data, code: "" });
    world.keeper.saves(account, name, this.#token(), data.token);
  }

  #sendAck(eventId: string, summary: string, again: boolean): void {
    const ack = JSON.stringify({ type: "ack", eventId, summary });
    if (!again) this.#parts.world.tell(this.#parts.name, `acks ${eventId}: ${summary}`);
    if (this.#online) this.#socket?.send(ack);
    else {
      this.#parts.world.count("clawback's ack kept");
      this.#offline = [...this.#offline, ack].slice(-MOST_ACKS);
    }
  }

  #say(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}
