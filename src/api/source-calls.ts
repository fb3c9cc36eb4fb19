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
import { lanesOf, type Source } from "../domain/source.ts";
import type { Sources } from "../services/sources.ts";
import { reaches, requireLane } from "../services/token-reach.ts";
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
    const cause = await sources.causeOf(account, request.cause);
    // Making it again changes it: what leads to another lane is not taken over by its slug.
    const by = { cause, requireReach: requireReach(token) };
    const made = await sources.create(account, settingsOf(request), by);
    const source = await messageOf(sources, account, made.source);
    const { secret, updated, nextStep } = made;
    return create(CreateSourceResponseSchema, { source, secret: secret ?? "", updated, nextStep });
  };

export const updateSource =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, request: UpdateSourceRequest): Promise<UpdateSourceResponse> => {
    requireBounds(UpdateSource, request);
    const { id, settings, mask } = request;
    const paths = mask?.paths ?? [];
    const asked = settings ?? create(CreateSourceRequestSchema);
    if (paths.includes("tag")) requireLane(token, laneOfTag(asked.tag));
    if (paths.includes("routes")) requireRoutes(token, asked);
    const cause = await sources.causeOf(account, asked.cause);
    const by = { cause, requireReach: requireReach(token) };
    const made = await sources.update(account, id, changeOf(asked, paths), by);
    const source = await messageOf(sources, account, made.source);
    return create(UpdateSourceResponseSchema, { source, secret: made.secret ?? "", nextStep: made.nextStep });
  };

export const listSources =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, _: ListSourcesRequest): Promise<ListSourcesResponse> => {
    const all = (await sources.list(account)).filter((source) => reachesAll(token, source));
    const messages = await Promise.all(all.map((source) => messageOf(sources, account, source)));
    return create(ListSourcesResponseSchema, { sources: messages });
  };

export const deleteSource =
  ({ sources }: SourceParts) =>
  async ({ account, token }: Asker, request: DeleteSourceRequest): Promise<DeleteSourceResponse> => {
    requireBounds(DeleteSource, request);
    const removed = await sources.remove(account, request.id, { requireReach: requireReach(token) });
    return create(DeleteSourceResponseSchema, { removed });
  };

/** A route may lead to a lane of its own. */
function requireRoutes(token: Asker["token"], { routeRules }: CreateSourceRequest): void {
  for (const { tag } of Object.values(routeRules)) {
    if (tag !== undefined) requireLane(token, laneOfTag(tag));
  }
}

/** Every lane that its events may come into must be one that the token reaches. */
const requireReach = (token: Asker["token"]) => (source: Source) => {
  for (const lane of lanesOf(source)) requireLane(token, lane);
};

export const reachesAll = (token: Asker["token"], source: Source): boolean =>
  lanesOf(source).every((lane) => reaches(token, lane));
