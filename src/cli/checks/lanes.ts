/** Lanes that hold events back because somebody wanted it so, and may have forgotten it. */
import { ControlService, type Lane } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../../config/admin-file.ts";
import { SignalboxError } from "../../domain/errors.ts";
import { laneName } from "../../domain/lane.ts";
import { controlClient } from "../control-client.ts";
import { oneLine } from "../one-line.ts";
import { type Finding, fail, warn } from "./finding.ts";

export async function checkLanes({ grpcUrl: url, token, tls }: AdminFile): Promise<Finding[]> {
  const client = controlClient({ url, token, trusted: tls?.certificate });
  try {
    const { lanes } = await client.call(ControlService.method.listLanes, {});
    return lanes.flatMap(laneFindings);
  } catch (error) {
    if (error instanceof SignalboxError) return [fail(error.message, error.cure)];
    throw error;
  } finally {
    client.close();
  }
}

export function laneFindings(lane: Lane): Finding[] {
  const { paused, maxDepth, refused } = lane;
  return [
    ...(paused ? [warn(pausedWords(lane), "Call lane_resume in a session, if it is to go on")] : []),
    ...(refused === 0
      ? []
      : [
          warn(
            `lane ${laneName(lane.lane)} was full (${maxDepth}) and has refused ${refused} events since the server started`,
            "Raise its depth with lane_update, or see to it that a session works there",
          ),
        ]),
  ];
}

/** `lane deploys is paused since … by laptop: release; 12 wait`. */
export function pausedWords({ lane, pausedAtMs, pausedBy, pauseReason, waiting, more }: Lane): string {
  const since = new Date(Number(pausedAtMs)).toISOString().slice(0, 19).replace("T", " ");
  const why = pauseReason === "" ? "" : `: ${oneLine(pauseReason)}`;
  return `lane ${laneName(lane)} is paused since ${since} (UTC) by ${oneLine(pausedBy)}${why}; ${more ? "more than " : ""}${waiting} wait`;
}
