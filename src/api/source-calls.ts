import { create } from "@bufbuild/protobuf";
import {
  CoalesceRuleSchema,
  type CreateSourceRequest,
  type CreateSourceResponse,
  CreateSourceResponseSchema,
  type DeleteSourceRequest,
  type DeleteSourceResponse,
  DeleteSourceResponseSchema,
  EventTypeRuleSchema,
  type ListSourcesRequest,
  type ListSourcesResponse,
  ListSourcesResponseSchema,
  type Source as SourceMessage,
  SourceSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Account } from "../domain/account.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Source } from "../domain/source.ts";
import type { Sources } from "../services/sources.ts";
import { reaches, requireLane } from "../services/tokens.ts";
import type { Asker } from "./control-service.ts";
import { DeleteSource, requireBounds } from "./requests.ts";

export interface SourceParts {
  sources: Sources;
}

export const createSource =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, request: CreateSourceRequest): Promise<CreateSourceResponse> => {
    requireLane(token, laneOfTag(request.tag));
    // Making it again changes it: what is another lane's is not taken over by its slug.
    await requireReach(sources, { account, token }, ({ slug }) => slug === request.slug);
    const { source, secret, updated, nextStep } = await sources.create(account, settingsOf(request));
    const message = await messageOf(sources, account, source);
    return create(CreateSourceResponseSchema, { source: message, secret: secret ?? "", updated, nextStep });
  };

export const listSources =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, _: ListSourcesRequest): Promise<ListSourcesResponse> => {
    const all = (await sources.list(account)).filter(({ lane }) => reaches(token, lane));
    const messages = await Promise.all(all.map((source) => messageOf(sources, account, source)));
    return create(ListSourcesResponseSchema, { sources: messages });
  };

export const deleteSource =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, request: DeleteSourceRequest): Promise<DeleteSourceResponse> => {
    requireBounds(DeleteSource, request);
    await requireReach(sources, { account, token }, ({ id }) => id === request.id);
    return create(DeleteSourceResponseSchema, { removed: await sources.remove(account, request.id) });
  };

/** The source, if it is there, must be of a lane that the token reaches. */
async function requireReach(
  sources: Sources,
  { account, token }: Asker,
  isMeant: (source: Source) => boolean,
): Promise<void> {
  if (token.tags === null) return;
  const meant = (await sources.list(account)).find(isMeant);
  if (meant !== undefined) requireLane(token, meant.lane);
}

/** Empty is unset on the wire; the service checks the rest. */
function settingsOf(request: CreateSourceRequest): Record<string, unknown> {
  const { slug, scheme, secret, eventType, routes, skill, tag, priority } = request;
  const options = optionsOf(request);
  const rule = eventType === undefined ? undefined : filled({ ...pick(eventType) });
  return filled({
    slug,
    scheme,
    secret,
    eventType: rule,
    routes: hasKeys(routes) ? routes : undefined,
    skill,
    tag,
    priority,
    options: hasKeys(options) ? options : undefined,
  });
}

/** 0 is unset on the wire. */
const optionsOf = (request: CreateSourceRequest): Record<string, unknown> => {
  const { remindSeconds, timeoutSeconds, coalesce, deliverAfter, expiresAfterSeconds, fanout } = request;
  return {
    ...(remindSeconds !== 0 && { remindSeconds }),
    ...(timeoutSeconds !== 0 && { timeoutSeconds }),
    ...(coalesce !== undefined && { coalesce: ruleOf(coalesce) }),
    ...(deliverAfter !== "" && { deliverAfter: momentOf(deliverAfter) }),
    ...(expiresAfterSeconds !== 0 && { expiresAfterSeconds }),
    ...(fanout !== "" && { fanout }),
  };
};

const ruleOf = ({ key, windowSeconds }: { key: string; windowSeconds: number }) => ({
  key,
  ...(windowSeconds !== 0 && { windowSeconds }),
});

/** Seconds, or a time. */
const momentOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const pick = ({ header, body, action }: { header: string; body: string; action: string }) => ({
  header,
  body,
  action,
});

const hasKeys = (map: object): boolean => Object.keys(map).length > 0;

const filled = (all: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "" && value !== undefined));

async function messageOf(sources: Sources, account: Account, source: Source): Promise<SourceMessage> {
  const { id, slug, scheme, eventType, routes, skill, lane, priority, options, secrets, createdAt } = source;
  const message = create(SourceSchema, {
    id,
    slug,
    scheme,
    routes: routes ?? {},
    skill: skill ?? "",
    lane,
    priority,
    url: sources.urlOf(account, slug),
    secrets: secrets.length,
    createdAtMs: BigInt(createdAt),
    dropped: BigInt(await sources.droppedBy(source)),
    unreadableSecrets: sources.unreadable(source),
    remindSeconds: options?.remindSeconds ?? 0,
    timeoutSeconds: options?.timeoutSeconds ?? 0,
    deliverAfter: String(options?.deliverAfter ?? ""),
    expiresAfterSeconds: options?.expiresAfterSeconds ?? 0,
    fanout: options?.fanout ?? "",
  });
  if (options?.coalesce !== undefined) message.coalesce = create(CoalesceRuleSchema, options.coalesce);
  if (eventType !== null) message.eventType = create(EventTypeRuleSchema, filled(eventType));
  return message;
}
