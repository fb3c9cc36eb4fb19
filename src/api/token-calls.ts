import { create } from "@bufbuild/protobuf";
import {
  type CreateTokenRequest,
  type CreateTokenResponse,
  CreateTokenResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Tokens } from "../services/tokens.ts";
import type { Asker } from "./control-service.ts";
import { CreateToken, requireBounds } from "./requests.ts";

export const createToken =
  ({ tokens }: { tokens: Tokens }) =>
  async ({ token, account }: Asker, request: CreateTokenRequest): Promise<CreateTokenResponse> => {
    if (token.role !== "admin") {
      throw new SignalboxError(
        "forbidden",
        "not_admin",
        "a session's token can't make tokens",
        "Run `npm run connect` where the server's data folder is",
      );
    }
    requireBounds(CreateToken, request);
    const issued = await tokens.issue(account.id, request.label, "session", request.tags);
    return create(CreateTokenResponseSchema, { id: issued.token.id, token: issued.secret });
  };
