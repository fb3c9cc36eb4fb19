import { create } from "@bufbuild/protobuf";
import {
  type RotateKeysRequest,
  type RotateKeysResponse,
  RotateKeysResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { KeyRotation } from "../services/key-rotation.ts";
import type { Asker } from "./control-service.ts";
import { RotateKeys, requireBounds } from "./requests.ts";

export interface KeyParts {
  keyRotation: KeyRotation;
}

/** The keys are the server's, of all its accounts. */
export const rotateKeys =
  ({ keyRotation }: KeyParts) =>
  async ({ token }: Asker, request: RotateKeysRequest): Promise<RotateKeysResponse> => {
    if (token.role !== "admin") {
      throw new SignalboxError(
        "forbidden",
        "not_admin",
        "a session's token can't rotate the server's keys",
        "Run `npm run keys -- rotate` where the server's data folder is",
      );
    }
    requireBounds(RotateKeys, request);
    return create(
      RotateKeysResponseSchema,
      await keyRotation.rotate(request.key === "" ? null : request.key),
    );
  };
