import { create } from "@bufbuild/protobuf";
import type { ServerWritableStream } from "@grpc/grpc-js";
import {
  type EventInfo,
  EventInfoSchema,
  type GetPayloadRequest,
  type GetPayloadResponse,
  GetPayloadResponseSchema,
  type ListEventsRequest,
  type ListEventsResponse,
  ListEventsResponseSchema,
  type WatchEventRequest,
  type WatchEventResponse,
  WatchEventResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Inspection, Step } from "../actors/inspection.ts";
import { SignalboxError } from "../domain/errors.ts";
import {
  ENDED,
  EVENT_STATES,
  type EventRecord,
  type EventState,
  eventState,
  momentOf,
} from "../domain/event.ts";
import { dotted } from "../domain/machines/actor-state.ts";
import { bandOf } from "../domain/order.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Events } from "../services/events.ts";
import { lanesFor, requireLane } from "../services/token-reach.ts";
import type { Asker } from "./control-service.ts";
import * as Requests from "./requests.ts";
import { requireBounds } from "./requests.ts";

const LIST = { default: 50, most: 500 };
const PAGE = { default: 16_384, most: 65_536 };

export interface EventParts {
  events: Events;
  inspection: Inspection;
  clock: Clock;
}

export const listEvents =
  ({ events }: EventParts) =>
  async ({ account, token }: Asker, request: ListEventsRequest): Promise<ListEventsResponse> => {
    requireBounds(Requests.ListEvents, request);
    const states = request.states.map(stateNamed);
    const limit = Math.min(request.limit === 0 ? LIST.default : request.limit, LIST.most);
    const lanes = lanesFor(token, request.lane ?? null) ?? [null];
    const found = await Promise.all(lanes.map((lane) => events.list(account.id, states, lane, limit)));
    const records = found.length === 1 ? found.flat() : newest(found.flat(), limit);
    const counts = await events.counts(account.id);
    return create(ListEventsResponseSchema, { events: records.map(infoOf), counts });
  };

export const getPayload =
  ({ events }: EventParts) =>
  async ({ account, token }: Asker, request: GetPayloadRequest): Promise<GetPayloadResponse> => {
    requireBounds(Requests.GetPayload, request);
    const { eventId, pointer, offset } = request;
    requireLane(token, (await events.find(account.id, eventId)).facts.lane);
    const limit = Math.min(request.limit === 0 ? PAGE.default : request.limit, PAGE.most);
    const { content, total, nextOffset } = await events.payload(account.id, eventId, {
      pointer,
      offset,
      limit,
    });
    const response = create(GetPayloadResponseSchema, { content, total });
    if (nextOffset !== null) response.nextOffset = nextOffset;
    return response;
  };

/** The state now, then every step, until the event has ended or the caller has gone. */
export const watchEvent =
  ({ events, inspection, clock }: EventParts) =>
  async (
    { account, token }: Asker,
    call: ServerWritableStream<WatchEventRequest, WatchEventResponse>,
  ): Promise<void> => {
    requireBounds(Requests.WatchEvent, call.request);
    const { id } = call.request;
    const early: EventRecord[] = [];
    let tell = (record: EventRecord): void => void early.push(record);
    // Listening first, so that no step falls between the reading and the listening.
    const stop = inspection.listen(({ record }: Step) => {
      if (record.kind === "event" && record.facts.id === id && record.facts.account === account.id)
        tell(record);
    });
    call.on("cancelled", stop).on("error", stop);
    // Who went while he was being let in is not told of again.
    if (call.cancelled) return stop();
    try {
      const now = await events.find(account.id, id);
      requireLane(token, now.facts.lane);
      tell = (record) => {
        const event = infoOf(record);
        call.write(
          create(WatchEventResponseSchema, {
            event,
            value: dotted(record.actor.value),
            atMs: BigInt(clock.now()),
          }),
        );
        if (!ENDED.includes(eventState(record))) return;
        stop();
        call.end();
      };
      tell(now);
      for (const record of early.splice(0)) if (record.rev >= now.rev) tell(record);
    } catch (error) {
      stop();
      throw error;
    }
  };

const newest = (records: readonly EventRecord[], most: number): EventRecord[] =>
  records.toSorted((a, b) => momentOf(b) - momentOf(a) || b.seq - a.seq).slice(0, most);

function infoOf(record: EventRecord): EventInfo {
  const { facts, actor } = record;
  const { context } = actor;
  const state = eventState(record);
  return create(EventInfoSchema, {
    id: facts.id,
    state,
    reason: context.reason ?? "",
    lane: facts.lane,
    band: bandOf(facts.priority, state),
    origin: facts.origin,
    from: facts.from,
    type: facts.type,
    delivery: context.delivery,
    attempts: context.attempts,
    receivedAtMs: BigInt(facts.receivedAt),
    session: context.claim?.session ?? "",
    outcome: context.outcome ?? "",
    summary: context.summary ?? "",
    bytes: facts.bytes,
    settledAtMs: BigInt(context.settledAt ?? 0),
    cause: facts.details?.cause ?? "",
  });
}

const stateNamed = (name: string): EventState => oneOf(EVENT_STATES, name, "state");
export const endStateNamed = (name: string): EventState => oneOf(ENDED, name, "state in which an event ends");

function oneOf(states: readonly EventState[], name: string, what: string): EventState {
  const state = states.find((known) => known === name);
  if (state !== undefined) return state;
  throw new SignalboxError(
    "invalid",
    "bad_state",
    `there is no ${what} "${name}"`,
    `Use one of ${states.join(", ")}`,
  );
}
