/** Tools that keep lanes in hand: pause, resume, greatest depth, policy, and how they stand. */
import * as z from "zod";
import { ControlService, type Lane } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { isTag, TAG_RULE } from "../tag.ts";
import { laneName } from "./account-info.ts";
import { ask } from "./ask.ts";
import { momentWords } from "./moment.ts";
import { plain } from "./names.ts";
import { answer, refusal, type Tool, type ToolAnswer, tool } from "./tool.ts";

const session = z
  .string()
  .refine((text) => text === "" || isTag(text), TAG_RULE)
  .optional()
  .describe('Tag of the lane; default: this session\'s own; "": the untagged lane');

interface Change {
  session?: string | undefined;
  paused?: boolean;
  reason?: string;
  maxDepth?: number;
  policy?: (typeof POLICIES)[number];
}

/** Who leaves first inside a band. */
const POLICIES = ["fifo", "round-robin"] as const;

const lanePauseInput = z.strictObject({
  session,
  reason: z.string().min(1).max(300).optional().describe("Why, for whoever finds it paused"),
});

export function lanePause(parts: Parts): Tool {
  return tool({
    name: "lane_pause",
    description:
      "Hold a Signalbox lane: events still come in and are stored, none is handed over, interrupts neither, until lane_resume. The event in hand stays.",
    input: lanePauseInput,
    run: ({ session, reason }) =>
      change(parts, { session, paused: true, ...(reason !== undefined && { reason }) }),
  });
}

const laneResumeInput = z.strictObject({ session });

export function laneResume(parts: Parts): Tool {
  return tool({
    name: "lane_resume",
    description: "Let a paused Signalbox lane go on with what waits in it.",
    input: laneResumeInput,
    run: ({ session }) => change(parts, { session, paused: false }),
  });
}

const laneUpdateInput = z.strictObject({
  session,
  max_depth: z.int().min(0).max(1_000_000).optional().describe("0: as many as come"),
  policy: z.enum(POLICIES).optional().describe("Inside a priority: first in, first out, or by turns"),
});

export function laneUpdate(parts: Parts): Tool {
  return tool({
    name: "lane_update",
    description:
      "Set how many events may wait in a Signalbox lane (beyond it webhooks are answered 429 and tried again by their senders, and messages are refused), or whether its sources take turns: round-robin gives each one event after the other, so that none keeps the others waiting.",
    input: laneUpdateInput,
    run: ({ session, max_depth: maxDepth, policy }) =>
      maxDepth === undefined && policy === undefined
        ? Promise.resolve(refusal("lane_update: say what to change: max_depth, policy"))
        : change(parts, {
            session,
            ...(maxDepth !== undefined && { maxDepth }),
            ...(policy !== undefined && { policy }),
          }),
  });
}

const laneListInput = z.strictObject({});

export function laneList(parts: Parts): Tool {
  return tool({
    name: "lane_list",
    description:
      "List the Signalbox lanes that are paused, have a greatest depth, or whose sources take turns.",
    input: laneListInput,
    run: async () => {
      const asked = await ask(parts, ControlService.method.listLanes, {});
      if (asked.kind === "trouble") return asked.answer;
      const { lanes } = asked.response;
      if (lanes.length === 0)
        return answer("No lane is paused, has a greatest depth, or has sources that take turns.");
      return answer(lanes.map(laneLine).join("\n"));
    },
  });
}

async function change(parts: Parts, { session, ...asked }: Change): Promise<ToolAnswer> {
  const told = await ask(parts, ControlService.method.updateLane, (tag) => ({
    lane: `tag:${session ?? tag}`,
    ...asked,
  }));
  if (told.kind === "trouble") return told.answer;
  const { lane } = told.response;
  return answer(lane === undefined ? "The lane is changed." : laneLine(lane));
}

function laneLine(lane: Lane): string {
  const { paused, pausedAtMs, pausedBy, pauseReason, maxDepth, waiting, more, refused, policy } = lane;
  const since = momentWords(pausedAtMs, "minute").replace("T", " ").replace(/Z$/, "");
  const why = pauseReason === "" ? "" : ` (${JSON.stringify(plain(pauseReason))})`;
  return [
    `${laneName(lane.lane)}: ${more ? "more than " : ""}${waiting} waiting`,
    paused
      ? `paused since ${since} UTC by ${plain(pausedBy)}${why}; lane_resume lets it go on`
      : "not paused",
    ...(maxDepth === 0 ? [] : [`at most ${maxDepth} may wait, ${refused} refused since the server started`]),
    ...(policy === "round-robin" ? ["its sources take turns (round-robin)"] : []),
  ].join(", ");
}
