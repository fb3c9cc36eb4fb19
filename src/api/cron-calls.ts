import { create } from "@bufbuild/protobuf";
import {
  CauseSchema,
  type CreateCronRequest,
  type CreateCronResponse,
  CreateCronResponseSchema,
  type Cron as CronMessage,
  CronSchema,
  type CronTime,
  CronTimeSchema,
  type DeleteCronRequest,
  type DeleteCronResponse,
  DeleteCronResponseSchema,
  type ListCronsRequest,
  type ListCronsResponse,
  ListCronsResponseSchema,
  type RunCronRequest,
  type RunCronResponse,
  RunCronResponseSchema,
  type UpdateCronRequest,
  type UpdateCronResponse,
  UpdateCronResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type CronRecord, cronState } from "../domain/cron.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Clock } from "../domain/ports/clock.ts";
import { localTime, nextTimes } from "../domain/schedule.ts";
import type { Crons } from "../services/crons.ts";
import type { Caller } from "../services/origin.ts";
import { reaches, requireLane } from "../services/token-reach.ts";
import type { Asker } from "./control-service.ts";
import * as Requests from "./requests.ts";
import { requireBounds } from "./requests.ts";

const LIST = { default: 50, most: 200 };
const NEXT = 3;
const MINUTE_MS = 60_000;

export interface CronParts {
  crons: Crons;
  clock: Clock;
}

export const createCron =
  ({ crons, clock }: CronParts) =>
  async ({ account, token }: Asker, request: CreateCronRequest): Promise<CreateCronResponse> => {
    requireLane(token, laneOfTag(request.tag));
    requireBounds(Requests.CreateCron, request);
    const { $typeName: _, $unknown: __, from, cause, ...settings } = request;
    const { remindSeconds, timeoutSeconds, fanout, ...asked } = settings;
    const options = filled({ remindSeconds, timeoutSeconds, fanout });
    const cron = await crons.create(account, { ...filled(asked), options }, callerOf(request));
    return create(CreateCronResponseSchema, { cron: messageOf(cron, clock) });
  };

export const listCrons =
  ({ crons, clock }: CronParts) =>
  async (asker: Asker, request: ListCronsRequest): Promise<ListCronsResponse> => {
    requireBounds(Requests.ListCrons, request);
    const limit = Math.min(request.limit === 0 ? LIST.default : request.limit, LIST.most);
    const found = await reachedBehind(crons, asker, request.after, limit + 1);
    return create(ListCronsResponseSchema, {
      crons: found.slice(0, limit).map((cron) => messageOf(cron, clock)),
      more: found.length > limit,
    });
  };

export const updateCron =
  ({ crons, clock }: CronParts) =>
  async (asker: Asker, request: UpdateCronRequest): Promise<UpdateCronResponse> => {
    requireBounds(Requests.UpdateCron, request);
    const { account, token } = asker;
    const before = await reached(crons, asker, request.id);
    if (request.tag !== undefined) requireLane(token, laneOfTag(request.tag));
    const {
      $typeName: _,
      $unknown: __,
      id,
      paused,
      remindSeconds,
      timeoutSeconds,
      fanout,
      from: _from,
      cause: _cause,
      ...asked
    } = request;
    const own = given({ remindSeconds, timeoutSeconds, fanout });
    // One of them is changed beside the other.
    const { hops: ___, cause: ____, ...kept } = before.options ?? {};
    const options = filled({ ...kept, ...own });
    const change = { ...given(asked), ...(Object.keys(own).length > 0 && { options }) };
    const cron = await crons.change(account, id, change, { paused, by: callerOf(request) });
    return create(UpdateCronResponseSchema, { cron: messageOf(cron, clock) });
  };

export const deleteCron =
  ({ crons }: CronParts) =>
  async (asker: Asker, request: DeleteCronRequest): Promise<DeleteCronResponse> => {
    requireBounds(Requests.OneCron, request);
    if (asker.token.tags !== null) await reached(crons, asker, request.id);
    return create(DeleteCronResponseSchema, { removed: await crons.remove(asker.account, request.id) });
  };

export const runCron =
  ({ crons, clock }: CronParts) =>
  async (asker: Asker, request: RunCronRequest): Promise<RunCronResponse> => {
    requireBounds(Requests.RunCron, request);
    const { id, requestId } = request;
    await reached(crons, asker, id);
    const name = requestId === "" ? null : requestId;
    const { cron, eventId } = await crons.run(asker.account, id, callerOf(request), name);
    return create(RunCronResponseSchema, { cron: messageOf(cron, clock), eventId });
  };

/** Null: no session asks. */
const callerOf = ({ from, cause }: CreateCronRequest | UpdateCronRequest | RunCronRequest): Caller | null =>
  from === undefined
    ? null
    : { from: { session: from.session, instance: from.instance }, cause: cause === "" ? null : cause };

/** The first `most` behind `after` of those that the token reaches. */
async function reachedBehind(
  crons: Crons,
  { account, token }: Asker,
  after: string,
  most: number,
): Promise<CronRecord[]> {
  const found: CronRecord[] = [];
  let behind: string | undefined = after;
  while (behind !== undefined && found.length < most) {
    const page = await crons.list(account, behind, most);
    found.push(...page.filter(({ lane }) => reaches(token, lane)));
    behind = page.length < most ? undefined : page.at(-1)?.id;
  }
  return found.slice(0, most);
}

/** The cron, of a lane that the token reaches. */
async function reached(crons: Crons, { account, token }: Asker, id: string): Promise<CronRecord> {
  const cron = await crons.find(account, id);
  requireLane(token, cron.lane);
  return cron;
}

/** Empty and 0 are unset on the wire, where a field has no presence; the service checks the rest. */
const filled = (all: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "" && value !== 0));

const given = (all: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));

function messageOf(cron: CronRecord, clock: Clock): CronMessage {
  const { id, prompt, label, lane, priority, options, createdAt } = cron;
  const { context } = cron.actor;
  const { timezone, misfire, overlap, maxLatenessMs, eventId, fired, missed } = context;
  const timeOf = (at: number): CronTime =>
    create(CronTimeSchema, { atMs: BigInt(at), local: localTime(at, timezone) });
  const message = create(CronSchema, {
    id,
    schedule: context.expression,
    timezone,
    prompt,
    label: label ?? "",
    lane,
    priority,
    misfire,
    overlap,
    maxLatenessMinutes: (maxLatenessMs ?? 0) / MINUTE_MS,
    remindSeconds: options?.remindSeconds ?? 0,
    timeoutSeconds: options?.timeoutSeconds ?? 0,
    fanout: options?.fanout ?? "",
    state: cronState(cron),
    next: cronState(cron) === "paused" ? [] : nextTimes(context, clock.now(), NEXT).map(timeOf),
    eventId: eventId ?? "",
    timesFired: BigInt(fired),
    timesMissed: BigInt(missed),
    missedBecause: context.missedBecause ?? "",
    createdAtMs: BigInt(createdAt),
  });
  if (context.firedAt !== null) message.fired = timeOf(context.firedAt);
  if (options?.cause !== undefined) message.cause = create(CauseSchema, options.cause);
  if (context.missedAt !== null) message.missed = timeOf(context.missedAt);
  return message;
}
