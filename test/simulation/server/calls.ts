/** What plugins ask beside their links: the control service's own calls, without its wire. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Reply } from "../../../plugin/src/core/ports/transport.ts";
import {
  CreateTokenRequestSchema,
  GetPayloadRequestSchema,
  ListSessionsRequestSchema,
  ListTokensRequestSchema,
  RevokeTokenRequestSchema,
  RotateTokenRequestSchema,
  RunCronRequestSchema,
  SendMessageRequestSchema,
} from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Asker } from "../../../src/api/control-service.ts";
import { runCron } from "../../../src/api/cron-calls.ts";
import { getPayload } from "../../../src/api/event-calls.ts";
import { listSessions, sendMessage } from "../../../src/api/message-calls.ts";
import { createToken, listTokens, revokeToken, rotateToken } from "../../../src/api/token-calls.ts";
import { reasonOf, SignalboxError } from "../../../src/domain/errors.ts";
import type { Clock } from "../../../src/domain/ports/clock.ts";
import type { Store } from "../../../src/domain/ports/store.ts";
import type { Signalbox } from "../../../src/signalbox.ts";
import type { Call } from "../happening.ts";

interface CallParts {
  box: Signalbox;
  store: Store;
  clock: Clock;
}

/** `code`: of the refusal, or of the failure; empty: there was none. */
export interface Answered {
  reply: Reply<never>;
  code: string;
}

export async function answerCall(
  { box, store, clock }: CallParts,
  { token, method, request }: Call,
): Promise<Answered> {
  const parts = { ...box, store, clock };
  try {
    const asker = await askerOf(box, store, token);
    const response = await respond();
    return { reply: { kind: "ok", response: response as never }, code: "" }; // The method's own answer.

    function respond(): Promise<unknown> {
      switch (method) {
        case "GetPayload":
          return getPayload(parts)(asker, create(GetPayloadRequestSchema, request as GetPayload));
        case "SendMessage":
          return sendMessage(parts)(asker, create(SendMessageRequestSchema, request as SendMessage));
        case "RunCron":
          return runCron(parts)(asker, create(RunCronRequestSchema, request as RunCron));
        case "ListSessions":
          return listSessions(parts)(asker, create(ListSessionsRequestSchema, request as ListSessions));
        case "CreateToken":
          return createToken(parts)(asker, create(CreateTokenRequestSchema, request as CreateToken));
        case "RotateToken":
          return rotateToken(parts)(asker, create(RotateTokenRequestSchema, request as RotateToken));
        case "RevokeToken":
          return revokeToken(parts)(asker, create(RevokeTokenRequestSchema, request as RevokeToken));
        case "ListTokens":
          return listTokens(parts)(asker, create(ListTokensRequestSchema));
        default:
          throw new Error(`nobody here calls ${method}`);
      }
    }
  } catch (error) {
    const { kind, code } = error instanceof SignalboxError ? error : { kind: "other", code: "internal" };
    const failure = kind === "unavailable" || kind === "unauthenticated" ? kind : "other";
    return { reply: { kind: "failed", failure, message: reasonOf(error) }, code };
  }
}

type GetPayload = MessageInitShape<typeof GetPayloadRequestSchema>;
type SendMessage = MessageInitShape<typeof SendMessageRequestSchema>;
type RunCron = MessageInitShape<typeof RunCronRequestSchema>;
type ListSessions = MessageInitShape<typeof ListSessionsRequestSchema>;
type CreateToken = MessageInitShape<typeof CreateTokenRequestSchema>;
type RotateToken = MessageInitShape<typeof RotateTokenRequestSchema>;
type RevokeToken = MessageInitShape<typeof RevokeTokenRequestSchema>;

async function askerOf(box: Signalbox, store: Store, secret: string): Promise<Asker> {
  const token = await box.tokens.authenticate(secret);
  const account = await store.account(token.account);
  if (account === null) throw new Error("a token without an account");
  return { account, token };
}
