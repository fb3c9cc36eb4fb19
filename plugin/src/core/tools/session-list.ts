import * as z from "zod";
import {
  ControlService,
  type ListedLane,
  type ListedSession,
} from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { laneName } from "./account-info.ts";
import { ask } from "./ask.ts";
import { messagingOff } from "./messaging.ts";
import { word } from "./names.ts";
import { answer, type Tool, tool } from "./tool.ts";
import { faceOf } from "./who-asks.ts";

const input = z.strictObject({});

export function sessionList(parts: Parts): Tool {
  return tool({
    name: "session_list",
    description:
      "List the Claude sessions that session_send can reach now: their tags, which is this one, and what waits for them.",
    input,
    run: async () => {
      const off = await messagingOff(parts);
      if (off !== null) return off;
      const asked = await ask(parts, ControlService.method.listSessions, { from: faceOf(parts) });
      if (asked.kind === "trouble") return asked.answer;
      const { sessions, lanes } = asked.response;
      if (lanes.length === 0) {
        return answer("No session is connected. A message to a tag waits until a session with it comes.");
      }
      return answer(lanes.flatMap((lane) => laneLines(lane, sessions)).join("\n"));
    },
  });
}

function laneLines({ lane, waiting, more }: ListedLane, sessions: readonly ListedSession[]): string[] {
  const here = sessions.filter((session) => session.lane === lane);
  const mine = here.some(({ current }) => current) ? ", this session's own" : "";
  return [
    `${laneName(lane)}${mine}: ${more ? "more than " : ""}${waiting} waiting`,
    ...here.map(({ state, client, project, takesMessages, current }) => {
      const where = [client, project].filter((part) => part !== "").map(word);
      return [
        `- ${state}${current ? " (this one)" : ""}`,
        ...where,
        ...(takesMessages ? [] : ["takes no messages"]),
      ].join(", ");
    }),
  ];
}
