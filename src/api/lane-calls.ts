/** What is said of lanes, asked and changed. A token that is bound to tags reaches theirs alone. */
import { create } from "@bufbuild/protobuf";
import {
  type Lane as LaneMessage,
  LaneSchema,
  type ListLanesRequest,
  type ListLanesResponse,
  ListLanesResponseSchema,
  type UpdateLaneRequest,
  type UpdateLaneResponse,
  UpdateLaneResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { LaneSettings } from "../domain/lane-settings.ts";
import type { Store } from "../domain/ports/store.ts";
import type { Lanes } from "../services/lanes.ts";
import { reaches, requireLane } from "../services/token-reach.ts";
import { waitingIn } from "../services/waiting.ts";
import type { Asker } from "./control-service.ts";
import { requireBounds, UpdateLane } from "./requests.ts";

export interface LaneParts {
  lanes: Lanes;
  store: Store;
}

export const listLanes =
  (parts: LaneParts) =>
  async ({ account, token }: Asker, _: ListLanesRequest): Promise<ListLanesResponse> => {
    const all = (await parts.lanes.list(account.id)).filter(({ lane }) => reaches(token, lane));
    const lanes = await Promise.all(all.map((settings) => messageOf(parts, settings)));
    return create(ListLanesResponseSchema, { lanes });
  };

export const updateLane =
  (parts: LaneParts) =>
  async ({ account, token }: Asker, request: UpdateLaneRequest): Promise<UpdateLaneResponse> => {
    requireBounds(UpdateLane, request);
    const { lane, paused, reason, maxDepth, policy } = request;
    requireLane(token, lane);
    const change = {
      reason,
      ...(paused !== undefined && { paused }),
      ...(maxDepth !== undefined && { maxDepth }),
      ...(policy !== undefined && { policy }),
    };
    const settings = await parts.lanes.change(account.id, lane, change, token.label || token.id);
    return create(UpdateLaneResponseSchema, { lane: await messageOf(parts, settings) });
  };

async function messageOf({ store, lanes }: LaneParts, settings: LaneSettings): Promise<LaneMessage> {
  const { account, lane, paused, maxDepth, policy } = settings;
  const { count, more } = await waitingIn(store, account, lane);
  return create(LaneSchema, {
    lane,
    paused: paused !== null,
    pausedAtMs: BigInt(paused?.since ?? 0),
    pausedBy: paused?.by ?? "",
    pauseReason: paused?.reason ?? "",
    maxDepth: maxDepth ?? 0,
    policy,
    waiting: count,
    more,
    refused: lanes.refused(settings),
  });
}
