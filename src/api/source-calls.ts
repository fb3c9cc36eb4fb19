import { create } from "@bufbuild/protobuf";
import {
  type CreateSourceRequest,
  CreateSourceRequestSchema,
  type CreateSourceResponse,
  CreateSourceResponseSchema,
  type DeleteSourceRequest,
  type DeleteSourceResponse,
  DeleteSourceResponseSchema,
  type ListSourcesRequest,
  type ListSourcesResponse,
  ListSourcesResponseSchema,
  type UpdateSourceRequest,
  type UpdateSourceResponse,
  UpdateSourceResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Source } from "../domain/source.ts";
import type { Sources } from "../services/sources.ts";
import { reaches, requireLane } from "../services/tokens.ts";
import type { Asker } from "./control-service.ts";
import { DeleteSource, requireBounds, UpdateSource } from "./requests.ts";
import { messageOf } from "./source-message.ts";
import { changeOf, settingsOf } from "./source-settings.ts";

export interface SourceParts {
  sources: Sources;
}

export const createSource =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, request: CreateSourceRequest): Promise<CreateSourceResponse> => {
    requireLane(token, laneOfTag(request.tag));
    requireRoutes(token, request);
    // Making it again changes it: what is another lane's is not taken over by its slug.
    await requireReach(sources, { account, token }, ({ slug }) => slug === request.slug);
    const cause = await sources.causeOf(account, request.cause);
    const made = await sources.create(account, settingsOf(request), cause);
    const source = await messageOf(sources, account, made.source);
    const { secret, updated, nextStep } = made;
    return create(CreateSourceResponseSchema, { source, secret: secret ?? "", updated, nextStep });
  };

export const updateSource =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, request: UpdateSourceRequest): Promise<UpdateSourceResponse> => {
    requireBounds(UpdateSource, request);
    const { id, settings, mask } = request;
    await requireReach(sources, { account, token }, (source) => source.id === id);
    const paths = mask?.paths ?? [];
    const asked = settings ?? create(CreateSourceRequestSchema);
    if (paths.includes("tag")) requireLane(token, laneOfTag(asked.tag));
    if (paths.includes("routes")) requireRoutes(token, asked);
    const cause = await sources.causeOf(account, asked.cause);
    const made = await sources.update(account, id, changeOf(asked, paths), cause);
    const source = await messageOf(sources, account, made.source);
    return create(UpdateSourceResponseSchema, { source, secret: made.secret ?? "", nextStep: made.nextStep });
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

/** A route may lead to a lane of its own. */
function requireRoutes(token: Asker["token"], { routeRules }: CreateSourceRequest): void {
  for (const { tag } of Object.values(routeRules)) {
    if (tag !== undefined) requireLane(token, laneOfTag(tag));
  }
}

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
