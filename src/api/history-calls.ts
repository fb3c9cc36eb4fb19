import { create } from "@bufbuild/protobuf";
import {
  type HistoryEntry,
  HistoryEntrySchema,
  type ListHistoryRequest,
  type ListHistoryResponse,
  ListHistoryResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { eventState } from "../domain/event.ts";
import type { History, PastEvent } from "../services/history.ts";
import { lanesFor } from "../services/token-reach.ts";
import type { Asker } from "./control-service.ts";
import { endStateNamed } from "./event-calls.ts";
import * as Requests from "./requests.ts";
import { requireBounds } from "./requests.ts";

const LIST = { default: 20, most: 100 };

export interface HistoryParts {
  history: History;
}

export const listHistory =
  ({ history }: HistoryParts) =>
  async ({ account, token }: Asker, request: ListHistoryRequest): Promise<ListHistoryResponse> => {
    requireBounds(Requests.ListHistory, request);
    const { from, states, sinceMs, cursor, limit } = request;
    const { events, next } = await history.list(account, {
      lanes: lanesFor(token, request.lane ?? null),
      from: from === "" ? null : from,
      states: states.map(endStateNamed),
      since: sinceMs === 0n ? null : Number(sinceMs),
      cursor,
      limit: Math.min(limit === 0 ? LIST.default : limit, LIST.most),
    });
    return create(ListHistoryResponseSchema, { events: events.map(entryOf), nextCursor: next });
  };

function entryOf({ record, endedAt, durationMs, path, skill }: PastEvent): HistoryEntry {
  const { facts, actor } = record;
  const { reason, outcome, summary, delivery, timeouts } = actor.context;
  const entry = create(HistoryEntrySchema, {
    id: facts.id,
    origin: facts.origin,
    from: facts.from,
    path,
    type: facts.type,
    lane: facts.lane,
    skill,
    state: eventState(record),
    reason: reason ?? "",
    outcome: outcome ?? "",
    summary: summary ?? "",
    completedAtMs: BigInt(Math.round(endedAt)),
    deliveries: delivery,
    timedOut: timeouts,
    replayOf: facts.details?.replayOf ?? "",
    cause: facts.details?.cause ?? "",
  });
  if (durationMs !== null) entry.durationMs = BigInt(Math.round(durationMs));
  return entry;
}
