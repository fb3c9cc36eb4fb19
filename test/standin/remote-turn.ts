/** A turn as the test sees it while the stand-in lives in another process. */
import {
  type ClaudeRequest,
  type ClaudeTurn,
  type ToolAnswer,
  toolAnswerSchema,
  type Work,
} from "./claude-script.ts";
import { orAborted } from "./or-aborted.ts";
import type { Command } from "./remote.ts";

export class RemoteTurn implements ClaudeTurn {
  readonly number: number;
  readonly request: ClaudeRequest;
  readonly signal: AbortSignal;
  #tell: (command: Command) => Promise<unknown>;
  #works: Map<number, Exclude<Work, number>>;

  constructor(
    { turn, request }: { turn: number; request: ClaudeRequest },
    signal: AbortSignal,
    tell: (command: Command) => Promise<unknown>,
    works: Map<number, Exclude<Work, number>>,
  ) {
    this.number = turn;
    this.request = request;
    this.signal = signal;
    this.#tell = tell;
    this.#works = works;
  }

  async callTool(tool: string, input: Record<string, unknown> = {}): Promise<ToolAnswer> {
    return this.#ask({ method: "callTool", turn: this.number, tool, input });
  }

  async useTool(tool: string, input: Record<string, unknown>, work: Work = 0): Promise<ToolAnswer> {
    const use = { method: "useTool", turn: this.number, tool, input } as const;
    if (typeof work === "number") return this.#ask({ ...use, work });
    const id = this.#works.size + 1;
    this.#works.set(id, work);
    return this.#ask({ ...use, work: { id } });
  }

  async searchTools(...tools: string[]): Promise<ToolAnswer> {
    return this.#ask({ method: "searchTools", turn: this.number, tools });
  }

  async #ask(command: Command): Promise<ToolAnswer> {
    this.signal.throwIfAborted();
    return toolAnswerSchema.parse(await orAborted(this.#tell(command), this.signal));
  }
}
