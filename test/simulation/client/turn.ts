/** One turn of Claude: what it reads, the tools that it uses, and the hooks around them. */
import { findEvent, isInterrupt } from "../../standin/seen-event.ts";
import type { ShownBy } from "../happening.ts";
import { type Desire, work } from "./claude.ts";
import type { Client } from "./client.ts";
import type { Part } from "./conversation.ts";

const OWN = "mcp__plugin_signalbox_box__";
const MOST_BLOCKS = 8;

export class Escaped extends Error {}

/** Where an answer of event_ack carries the next event: that event. */
export function nextIn(text: string): string {
  const at = text.indexOf(NEXT);
  return at === -1 ? text : text.slice(at + NEXT.length);
}

const NEXT = "The next event:\n\n";

export interface ToolUsed {
  text: string;
  failed: boolean;
  /** A hook has put an interrupt in its place. */
  interrupted?: boolean;
}

export class Turn {
  readonly client: Client;
  readonly #abort = new AbortController();
  readonly #admit: () => Promise<Part[]>;
  readonly #conversation: number;
  #tools = 0;
  /** What Claude means to do about what it has read. */
  readonly desires: Desire[] = [];
  /** Events that it has read and that another session has sent. */
  readonly messages = new Set<string>();

  constructor(client: Client, admit: () => Promise<Part[]>) {
    this.client = client;
    this.#admit = admit;
    this.#conversation = client.conversation.id;
  }

  /** Throws where the turn was ended meanwhile. */
  check(): void {
    if (this.#abort.signal.aborted) throw new Escaped("Esc");
  }

  escape(): void {
    this.#abort.abort();
  }

  async live(): Promise<void> {
    const { client } = this;
    this.#read(await this.#admit());
    if (this.desires.length === 0) return;
    for (let blocks = 0; ; blocks++) {
      await work(this);
      const { block } = await client.fire("Stop", {});
      this.check();
      if (block === null || blocks === MOST_BLOCKS) return;
      client.tell("the end of the turn is blocked: an event is in hand");
      client.world.count("stop blocked");
      this.reaches(block);
      const eventId = /event (evt_[0-9a-z]+) is still/.exec(block)?.[1];
      if (isInterrupt(block)) this.desires.push({ kind: "take" });
      else this.desires.push({ kind: "reminded", eventId: eventId ?? null });
    }
  }

  async pause(ms: number): Promise<void> {
    await this.client.life.pause(ms);
    this.check();
  }

  /** A tool of the client's own: reading, building, testing. */
  async useTool(ms: number): Promise<ToolUsed> {
    return this.#use("Bash", async () => {
      await this.pause(ms);
      return { text: "done", failed: false };
    });
  }

  async callTool(tool: string, args: object): Promise<ToolUsed> {
    return this.#use(`${OWN}${tool}`, async () => {
      const answer = await this.client.call(tool, args, this.#abort.signal);
      if (answer !== null && !answer.failed)
        this.reaches(tool === "event_ack" ? nextIn(answer.text) : answer.text);
      this.check();
      return answer ?? { text: "the MCP server is gone", failed: true };
    });
  }

  /** Claude reads an event in the answer of a tool. */
  readsEvent(text: string, by: ShownBy, unsure = false): { eventId: string; delivery: number } | null {
    const seen = findEvent(text);
    if (seen?.delivery === undefined) return null;
    const { id: eventId, delivery } = seen;
    if (text.includes(`reply_to "${eventId}"`)) this.messages.add(eventId);
    const { client } = this;
    const to = { ...client.reader, conversation: this.#conversation };
    client.tell(`Claude reads ${eventId} (delivery ${delivery}) by ${by}`);
    client.world.witness({ kind: "shown", to, by, eventId, delivery, text, unsure });
    return { eventId, delivery };
  }

  /** What the client has let in, whether or not the turn goes on to read it. */
  reaches(text: string): void {
    const seen = findEvent(text);
    const eventId = seen?.id ?? /^[^<].*Signalbox.* (evt_[0-9a-z]{26})(?: is |[,.] )/m.exec(text)?.[1];
    if (eventId === undefined) return;
    const delivery = seen?.delivery ?? null;
    this.client.world.witness({ kind: "reached", to: this.client.reader, eventId, delivery });
  }

  async #use(name: string, run: () => Promise<ToolUsed>): Promise<ToolUsed> {
    const { client } = this;
    this.#tools += 1;
    const facts = {
      tool_name: name,
      tool_use_id: `tool-${client.options.name}-${this.#conversation}-${this.#tools}`,
    };
    const { denied } = await client.fire("PreToolUse", facts);
    this.check();
    if (denied !== null) return this.#denied(denied);
    const used = await run();
    await client.fire(used.failed ? "PostToolUseFailure" : "PostToolUse", facts);
    this.check();
    this.#read(await this.#admit());
    return used;
  }

  #denied(reason: string): ToolUsed {
    this.client.tell(`a tool call is denied: ${reason.slice(0, 90)}`);
    this.reaches(reason);
    if (isInterrupt(reason)) this.client.world.count("turn interrupted");
    return { text: reason, failed: true, interrupted: isInterrupt(reason) };
  }

  #read(parts: readonly Part[]): void {
    for (const { origin, text, unsure } of parts) {
      const seen = origin === "channel" ? this.readsEvent(text, "channel", unsure) : null;
      if (seen !== null) this.desires.push({ kind: "handle", ...seen });
      else if (origin === "channel")
        this.desires.push({ kind: "reminded", eventId: findEvent(text)?.id ?? null });
      else if (origin === "wake") this.desires.push({ kind: "take" });
      else this.desires.push(this.client.options.kind === "other" ? { kind: "take" } : { kind: "chat" });
    }
  }
}
