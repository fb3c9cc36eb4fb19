/**
 * Answers the client's hooks. Each is a sign of life; some decide something. Nothing here waits: a hook stands between
 * the user and Claude.
 */
import { toWire } from "../delivery.ts";
import type { Parts } from "../parts.ts";
import type { Loss } from "../presence.ts";
import { beforeYouStop, interruptAtEnd, interruptInstead, stillInHand, withdrawn } from "../reading.ts";
import { copyIn } from "./copy.ts";
import { type HookAnswer, HookCall, NOTHING } from "./hook-call.ts";
import { HOOK_TOOL, isApproved, ownTool } from "./own-tools.ts";

const STOPS_BLOCKED = 2;

/** Never throws: a hook that fails must not trouble the session. */
export function answerHook(args: unknown, parts: Parts): HookAnswer {
  try {
    const call = HookCall.parse(args ?? {});
    if (parts.ways.noteHookCall()) parts.showing.advance();
    const answer = decide(call, parts);
    parts.presence.noteLife();
    return answer;
  } catch (error) {
    parts.log.warn("a hook failed", { error: error instanceof Error ? error.name : "unknown" });
    return NOTHING;
  }
}

/** The turn is over without a word of its end. */
export function loseTurn(loss: Loss, { turn, hand, showing, presence }: Parts): void {
  turn.end();
  if (hand.event !== null && hand.shown && !(loss === "escaped" && hand.waits)) {
    presence.tellLoss(loss, toWire(hand.event));
  }
  if (loss === "cleared") showing.cleared();
  else showing.turnEnded();
  presence.refresh();
}

function decide(call: HookCall, parts: Parts): HookAnswer {
  const { turn } = parts;
  switch (call.event) {
    case "SessionStart":
      return sessionStarts(call.source, parts);
    case "UserPromptSubmit":
      return prompted(call.prompt, parts);
    case "PreToolUse":
      return toolBegins(call, parts);
    case "PostToolUse":
      turn.toolEnds(call.tool_use_id);
      // The answer that holds the event was read.
      if (parts.showing.givenBy !== null && ownTool(call.tool_name) === parts.showing.givenBy)
        parts.showing.taken();
      return NOTHING;
    case "PostToolUseFailure":
      turn.toolEnds(call.tool_use_id);
      return NOTHING;
    case "Stop":
      return stops(parts);
    case "StopFailure":
      turn.end();
      parts.showing.turnEnded();
      return NOTHING;
    case "Notification":
      if (call.notification_type === "idle_prompt" && turn.busy) loseTurn("escaped", parts);
      else turn.heard();
      return NOTHING;
    default:
      turn.heard();
      return NOTHING;
  }
}

function sessionStarts(source: string, parts: Parts): HookAnswer {
  const { hand, turn } = parts;
  switch (source) {
    case "clear":
    // Another conversation of the same process: what was in hand is not in it.
    case "resume":
      loseTurn("cleared", parts);
      return NOTHING;
    case "compact":
      turn.heard();
      if (hand.event === null || !hand.shown) return NOTHING;
      return {
        hookSpecificOutput: { hookEventName: "SessionStart", additionalContext: stillInHand(hand.event) },
      };
    default:
      return NOTHING;
  }
}

function prompted(prompt: string, { hand, showing, turn }: Parts): HookAnswer {
  const copy = copyIn(prompt);
  const known = copy === null ? null : hand.deliveryOf(copy.eventId);
  if (copy === null || known === null) {
    turn.prompt(false);
    return NOTHING;
  }
  const of = { eventId: copy.eventId, delivery: copy.delivery ?? known.delivery };
  const surfaced = showing.surfaces(of, copy.way);
  if (!copy.alone) turn.prompt(false);
  if (surfaced || !copy.alone) return NOTHING;
  return { decision: "block", reason: withdrawn(copy.eventId, hand.event?.eventId === copy.eventId) };
}

function toolBegins({ tool_name, tool_use_id }: HookCall, { hand, turn, showing }: Parts): HookAnswer {
  const tool = ownTool(tool_name);
  const hookEventName = "PreToolUse";
  if (tool === HOOK_TOOL) {
    turn.heard();
    const permissionDecisionReason = "This tool is only for the plugin's hooks.";
    return { hookSpecificOutput: { hookEventName, permissionDecision: "deny", permissionDecisionReason } };
  }
  const approved = tool !== null && isApproved(tool);
  if (!approved && showing.interrupts && hand.event !== null) {
    turn.heard();
    showing.announced();
    const permissionDecisionReason = interruptInstead(hand.event);
    return { hookSpecificOutput: { hookEventName, permissionDecision: "deny", permissionDecisionReason } };
  }
  turn.toolBegins(tool_use_id);
  if (!approved) return NOTHING;
  return { hookSpecificOutput: { hookEventName, permissionDecision: "allow" } };
}

/** Promise 14: a turn does not end quietly with an event in hand. */
function stops({ hand, turn, showing }: Parts): HookAnswer {
  const { event } = hand;
  const forgotten = hand.shown && !hand.waits;
  if (event !== null && (forgotten || showing.interrupts) && hand.stopsBlocked < STOPS_BLOCKED) {
    hand.stopsBlocked += 1;
    turn.goesOn();
    const reason = showing.interrupts ? interruptAtEnd(event) : beforeYouStop(event);
    showing.announced();
    return { decision: "block", reason };
  }
  turn.end();
  showing.turnEnded();
  return NOTHING;
}
