import { HookCall } from "../hooks/hook-call.ts";
import { answerHook } from "../hooks/hooks.ts";
import { HOOK_TOOL } from "../hooks/own-tools.ts";
import type { Parts } from "../parts.ts";
import { answer, type Tool } from "./tool.ts";

/** Called by the client's hooks; their text is the hook's JSON output. */
export function hook(parts: Parts): Tool {
  return {
    name: HOOK_TOOL,
    description: "For the plugin's own hooks only. Never call it.",
    input: HookCall,
    alwaysLoad: false,
    run: async (args) => answer(JSON.stringify(answerHook(args, parts))),
  };
}
