import { create } from "@bufbuild/protobuf";
import {
  type CreateTokenRequest,
  type CreateTokenResponse,
  CreateTokenResponseSchema,
  type ListTokensRequest,
  type ListTokensResponse,
  ListTokensResponseSchema,
  type RevokeTokenRequest,
  type RevokeTokenResponse,
  RevokeTokenResponseSchema,
  type RotateTokenRequest,
  type RotateTokenResponse,
  RotateTokenResponseSchema,
  TokenInfoSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { laneOfTag } from "../domain/lane.ts";
import { requireLane } from "../services/token-reach.ts";
import type { Tokens } from "../services/tokens.ts";
import type { Asker } from "./control-service.ts";
import { CreateToken, RevokeToken, RotateToken, requireBounds } from "./requests.ts";

interface TokenParts {
  tokens: Tokens;
}

export const createToken =
  ({ tokens }: TokenParts) =>
  async ({ token, account }: Asker, request: CreateTokenRequest): Promise<CreateTokenResponse> => {
    requireBounds(CreateToken, request);
    const tags = request.tags.length === 0 ? (token.tags ?? []) : request.tags;
    for (const tag of tags) requireLane(token, laneOfTag(tag));
    const made = await tokens.issue(account.id, request.label, "session", tags, null);
    return create(CreateTokenResponseSchema, { id: made.token.id, token: made.secret });
  };

export const listTokens =
  ({ tokens }: TokenParts) =>
  async ({ token: asker }: Asker, _: ListTokensRequest): Promise<ListTokensResponse> => {
    const listed = await tokens.list(asker);
    return create(ListTokensResponseSchema, {
      tokens: listed.map(({ token, links }) =>
        create(TokenInfoSchema, {
          id: token.id,
          label: token.label,
          role: token.role,
          tags: token.tags ?? [],
          createdAtMs: BigInt(token.createdAt),
          lastSeenAtMs: BigInt(token.lastSeenAt ?? 0),
          current: token.id === asker.id,
          links,
          replaces: token.replaces ?? "",
        }),
      ),
    });
  };

export const rotateToken =
  ({ tokens }: TokenParts) =>
  async ({ token }: Asker, request: RotateTokenRequest): Promise<RotateTokenResponse> => {
    requireBounds(RotateToken, request);
    const { token: made, secret } = await tokens.rotate(token, request.label, request.from ?? null);
    return create(RotateTokenResponseSchema, { id: made.id, token: secret, label: made.label });
  };

export const revokeToken =
  ({ tokens }: TokenParts) =>
  async ({ token }: Asker, request: RevokeTokenRequest): Promise<RevokeTokenResponse> => {
    requireBounds(RevokeToken, request);
    const revoked = await tokens.revoke(token, request.id);
    return create(RevokeTokenResponseSchema, { label: revoked.token.label, links: revoked.links });
  };
