/**
 * Clawback's plugin as its documentation tells of it, on a real WebSocket: it buffers, shows one event at a time, keeps its acks while it
 * is offline, and gives up waiting by itself.
 */
import { WebSocket } from "ws";
import { until } from "../world/until.ts";

export interface Shown {
  id: string;
  content: string;
  meta: Record<string, string>;
}

type Frame = Record<string, unknown> & { type: string };

export const TIMER_WORDS = "Timed out waiting for event_ack";

export class ClawbackClient {
  readonly heard: Frame[] = [];
  /** What Claude was shown, in its order. */
  readonly shown: Shown[] = [];
  /** Its own queue, behind what is shown. */
  readonly buffered: Shown[] = [];
  closed: { code: number; reason: string } | null = null;
  refused: number | null = null;
  answersPings = true;
  #inHand: Shown | null = null;
  #offline: Frame[] = [];
  #socket: WebSocket | null = null;
  readonly #url: string;
  #token: string;
  readonly #tag: string | undefined;

  constructor(httpUrl: string, token: string, tag?: string) {
    this.#url = `${httpUrl.replace(/^http/, "ws")}/ws`;
    this.#token = token;
    this.#tag = tag;
  }

  /** Resolves when the connection is open and auth was sent. */
  async open(
    options: { headers?: Record<string, string>; silent?: boolean; token?: string } = {},
  ): Promise<this> {
    if (options.token !== undefined) this.#token = options.token;
    const socket = new WebSocket(this.#url, { headers: options.headers ?? {} });
    this.#socket = socket;
    this.closed = null;
    socket.on("message", (data) => this.#take(JSON.parse(String(data))));
    socket.on("unexpected-response", (_, response) => {
      this.refused = response.statusCode ?? 0;
      socket.terminate();
    });
    socket.on("error", () => {});
    socket.on("close", (code, reason) => {
      if (this.#socket === socket) this.closed = { code, reason: String(reason) };
    });
    await until(() => socket.readyState === WebSocket.OPEN || this.closed !== null, "an open WebSocket");
    if (socket.readyState === WebSocket.OPEN && options.silent !== true)
      this.say({
        type: "auth",
        token: this.#token,
        ...(this.#tag !== undefined && { sessionTag: this.#tag }),
      });
    return this;
  }

  async connect(options: { token?: string } = {}): Promise<this> {
    const before = this.#count("auth_ok");
    await this.open(options);
    await until(() => this.#count("auth_ok") > before || this.closed !== null, "auth_ok");
    for (const ack of this.#offline.splice(0)) this.say(ack);
    return this;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  say(frame: object | string): void {
    this.#socket?.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  bytes(data: Uint8Array): void {
    this.#socket?.send(data);
  }

  /** What Claude calls when it is done. */
  ack(summary = "did it"): void {
    const done = this.#inHand;
    if (done === null) return;
    this.sendAck(done.id, summary);
    this.#inHand = null;
    this.#showNext();
  }

  sendAck(eventId: string, summary = "did it"): void {
    const ack = { type: "ack", eventId, summary };
    if (this.isOpen) this.say(ack);
    else this.#offline.push(ack);
  }

  async request(type: string, fields: object = {}): Promise<Frame> {
    const requestId = crypto.randomUUID();
    this.say({ type, requestId, ...fields });
    return until(
      () => this.heard.find((frame) => frame.type === "response" && frame.requestId === requestId),
      `the answer to ${type}`,
    );
  }

  async shows(nth: number): Promise<Shown> {
    return until(() => this.shown[nth - 1], `event ${nth} on the screen`);
  }

  /** The connection breaks without a word; the process goes on. */
  async breaks(): Promise<void> {
    const socket = this.#socket;
    socket?.terminate();
    await until(() => socket?.readyState === WebSocket.CLOSED, "a broken connection");
  }

  /** The process ends, as it does when Claude Code does. */
  async leaves(): Promise<void> {
    const socket = this.#socket;
    socket?.close(1000, "shutdown");
    await until(() => socket?.readyState === WebSocket.CLOSED, "a closed connection");
    this.#inHand = null;
    this.buffered.length = 0;
  }

  /** Its connection is closed by the server. */
  async isClosed(): Promise<{ code: number; reason: string }> {
    return until(() => this.closed, "the end of the connection");
  }

  #count(type: string): number {
    return this.heard.filter((frame) => frame.type === type).length;
  }

  #take(frame: Frame): void {
    this.heard.push(frame);
    if (frame.type === "ping" && this.answersPings) this.say({ type: "pong" });
    if (frame.type !== "event") return;
    // As its documentation has it.
    this.buffered.push({
      id: String(frame.id),
      content: String(frame.content),
      meta: frame.meta as Shown["meta"],
    });
    this.#showNext();
  }

  #showNext(): void {
    if (this.#inHand !== null) return;
    const next = this.buffered.shift();
    if (next === undefined) return;
    this.#inHand = next;
    this.shown.push(next);
  }
}
