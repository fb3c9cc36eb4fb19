/**
 * A Claude that does as it is told by Signalbox: it takes what it is woken for, works, acks, and goes on with the
 * event that an ack's answer carries, until nothing is left. It also takes when the user's prompt names
 * `event_take`. A plan makes it forgetful, silent or slow.
 */
import {
  ApiFailure,
  type ClaudeRequest,
  type ClaudeScript,
  type ClaudeTurn,
  type Part,
  type ToolAnswer,
} from "./claude-script.ts";
import { findEvent, isInterrupt, isWake, type SeenEvent } from "./seen-event.ts";

export interface EventPlan {
  /**
   * `acks` (default) when the work is done; `forgets` and acks when it is reminded; `never-acks`; `fails` as a
   * failed request to the model does, without an ack.
   */
  ends?: "acks" | "forgets" | "never-acks" | "fails";
  /** Uses the built-in tool Bash for so long. */
  workMs?: number;
  /** Whatever else is done with the event before the ack. */
  work?: (event: SeenEvent, turn: ClaudeTurn) => Promise<ToolAnswer | undefined>;
  summary?: string;
  outcome?: "done" | "failed" | "retry";
}

export type PlanFor = EventPlan | ((event: SeenEvent) => EventPlan);

export function ackingClaude(planFor: PlanFor = {}): ClaudeScript {
  const forgotten = new Map<string, EventPlan>();
  return async (turn) => {
    const mind = new Mind(turn, typeof planFor === "function" ? planFor : () => planFor, forgotten);
    return mind.handleAll();
  };
}

/** What Claude has in mind in one turn: what it has read and not yet handled. */
class Mind {
  #turn: ClaudeTurn;
  #planFor: (event: SeenEvent) => EventPlan;
  #forgotten: Map<string, EventPlan>;
  #unread: ClaudeRequest[];
  #handled = 0;

  constructor(turn: ClaudeTurn, planFor: (event: SeenEvent) => EventPlan, forgotten: Map<string, EventPlan>) {
    this.#turn = turn;
    this.#planFor = planFor;
    this.#forgotten = forgotten;
    this.#unread = [turn.request];
  }

  async handleAll(): Promise<string> {
    for (let request = this.#unread.shift(); request; request = this.#unread.shift()) {
      for (const part of request.parts) await this.#heed(part);
    }
    return `handled ${this.#handled}`;
  }

  async #heed({ from, text }: Part): Promise<void> {
    if (from === "user") {
      if (text.includes("event_take")) await this.#call("event_take", {});
      return;
    }
    const event = findEvent(text);
    const reminded = from === "stop-hook" && [...this.#forgotten.keys()].find((id) => text.includes(id));
    if (reminded) await this.#ack(reminded, this.#forgotten.get(reminded) ?? {});
    else if (event) await this.#handle(event);
    else if (isWake(text) || isInterrupt(text)) await this.#call("event_take", {});
  }

  async #handle(event: SeenEvent): Promise<void> {
    const plan = this.#planFor(event);
    if (plan.workMs !== undefined) {
      const worked = await this.#turn.useTool("Bash", { command: `work on ${event.id}` }, plan.workMs);
      if (this.#isStopped(worked)) return;
    }
    if (plan.work) {
      const worked = await plan.work(event, this.#turn);
      if (worked && this.#isStopped(worked)) return;
    }
    switch (plan.ends) {
      case "fails":
        throw new ApiFailure();
      case "never-acks":
        return;
      case "forgets":
        this.#forgotten.set(event.id, plan);
        return;
      default:
        await this.#ack(event.id, plan);
    }
  }

  /** A hook that denies a tool call stops the work; Claude reads why, and lets the event be. */
  #isStopped(worked: ToolAnswer): boolean {
    this.#unread.push(worked.next);
    return worked.outcome === "denied";
  }

  async #ack(id: string, { summary = `handled ${id}`, outcome }: EventPlan): Promise<void> {
    this.#forgotten.delete(id);
    this.#handled++;
    await this.#call("event_ack", { event_id: id, summary, ...(outcome && { outcome }) });
  }

  async #call(tool: string, input: Record<string, unknown>): Promise<void> {
    const { next } = await this.#turn.callTool(tool, input);
    this.#unread.push(next);
  }
}
