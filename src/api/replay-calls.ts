import { create } from "@bufbuild/protobuf";
import {
  type ReplayEventsRequest,
  type ReplayEventsResponse,
  ReplayEventsResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Events } from "../services/events.ts";
import type { Replay, Replays } from "../services/replays.ts";
import { lanesFor, requireLane } from "../services/token-reach.ts";
import type { Asker } from "./control-service.ts";
import * as Requests from "./requests.ts";
import { requireBounds } from "./requests.ts";

const MANY = { default: 100, most: 500 };
const DAY_MS = 86_400_000;

export interface ReplayParts {
  events: Events;
  replays: Replays;
}

export const replayEvents =
  ({ events, replays }: ReplayParts) =>
  async ({ account, token }: Asker, request: ReplayEventsRequest): Promise<ReplayEventsResponse> => {
    requireBounds(Requests.ReplayEvents, request);
    const { eventId, from, day } = request;
    if ((eventId === "") === (from === "" && day === "")) {
      throw new SignalboxError(
        "invalid",
        "bad_request",
        "what is to be replayed is either one event, or the dead of a source, of a day, or of a source's day",
        "Name event_id alone, or from and day, or one of these",
      );
    }
    if (eventId !== "") {
      const record = await events.find(account.id, eventId);
      requireLane(token, record.facts.lane);
      return create(ReplayEventsResponseSchema, { replays: [wordsOf(await replays.one(record))] });
    }
    const start = day === "" ? null : startOf(day);
    const {
      replays: done,
      lost,
      remaining,
      lastAt,
    } = await replays.dead(account.id, {
      lanes: lanesFor(token, null),
      from: from === "" ? null : from,
      since: start,
      until: start === null ? null : start + DAY_MS - 1,
      limit: Math.min(request.limit === 0 ? MANY.default : request.limit, MANY.most),
    });
    return create(ReplayEventsResponseSchema, {
      replays: done.map(wordsOf),
      lost,
      remaining,
      lastAtMs: BigInt(Math.round(lastAt)),
    });
  };

const wordsOf = ({ of, id, kind, state }: Replay) => ({
  eventId: of,
  replayId: id,
  known: kind === "known",
  state,
});

/** Midnight, UTC. */
function startOf(day: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // A day that its month does not have would be another.
  if (!Number.isNaN(start) && new Date(start).toISOString().startsWith(day)) return start;
  throw new SignalboxError("invalid", "bad_day", "day is no date", "Write it as 2026-01-31; days are UTC's");
}
