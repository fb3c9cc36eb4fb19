/**
 * Permission dialogs. One opens in the terminal, and at the same time `PermissionRequest` hooks run and the request
 * is relayed to channel servers that declare `claude/channel/permission`; the first answer wins and closes it.
 * Without an answer it stays open.
 */
import { randomInt } from "node:crypto";
import { z } from "zod";
import type { Hooks } from "./hooks.ts";
import type { Params } from "./json-rpc.ts";
import type { Transcript } from "./transcript.ts";
import type { EntryOf } from "./transcript-entry.ts";

export type Behavior = "allow" | "deny";
export interface Decision {
  behavior: Behavior;
  /** What Claude reads of a denial. */
  message: string;
}

export interface DialogSurroundings {
  hooks: Hooks;
  transcript: Transcript;
  permissionPromptMs: number;
  /** Sends `notifications/claude/channel/permission_request` where it may go. */
  relay(params: Params): void;
}

type DecidedBy = EntryOf<"dialog-close">["by"];
const relayedSchema = z.object({ request_id: z.string(), behavior: z.enum(["allow", "deny"]) });
const DENIED = "The user doesn't want to proceed with this tool use. The tool use was rejected.";

export class Dialogs {
  #around: DialogSurroundings;
  #open = new Map<string, (by: DecidedBy, decision: Decision) => void>();

  constructor(around: DialogSurroundings) {
    this.#around = around;
  }

  /** The first answer; Esc (an aborted signal) is a denial. */
  async ask(tool: string, description: string, input: Params, signal: AbortSignal): Promise<Decision> {
    const { hooks, transcript } = this.#around;
    const id = requestId();
    const closed = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Decision>();
    const decide = (by: DecidedBy, decision: Decision) => {
      if (!this.#open.delete(id)) return;
      transcript.add({ kind: "dialog-close", id, by, behavior: decision.behavior });
      closed.abort();
      resolve(decision);
    };
    this.#open.set(id, decide);
    transcript.add({ kind: "dialog-open", id, tool, input });
    const escaped = () => decide("esc", { behavior: "deny", message: "interrupted by the user" });
    signal.addEventListener("abort", escaped, { once: true });
    const fields = { tool_name: tool, tool_input: input };
    void hooks.fire("PermissionRequest", fields, closed.signal).then(({ dialog }) => {
      if (dialog) decide("hook", { ...dialog, message: dialog.message || DENIED });
    });
    this.#around.relay({
      request_id: id,
      tool_name: tool,
      description,
      input_preview: JSON.stringify(input).slice(0, 200),
    });
    const timer = setTimeout(() => {
      const message = `Claude needs your permission to use ${tool}`;
      void hooks.fire("Notification", { notification_type: "permission_prompt", message });
    }, this.#around.permissionPromptMs);
    const decision = await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", escaped);
    return decision;
  }

  /** The user's answer in the terminal, to the oldest open dialog. */
  answer(behavior: Behavior): void {
    const [oldest] = this.#open.values();
    if (!oldest) throw new Error("no dialog is open");
    oldest("user", { behavior, message: DENIED });
  }

  /** A `notifications/claude/channel/permission`; an unknown id is ignored. */
  relayed(params: unknown): void {
    const parsed = relayedSchema.safeParse(params);
    const decide = parsed.success ? this.#open.get(parsed.data.request_id) : undefined;
    if (parsed.success && decide) decide("relay", { behavior: parsed.data.behavior, message: DENIED });
    else this.#around.transcript.add({ kind: "relay-ignored", requestId: String(parsed.data?.request_id) });
  }
}

const LETTERS = "abcdefghijkmnopqrstuvwxyz";

/** Five letters of a–z without l. */
function requestId(): string {
  return Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
