/** What plugins ask beside their links: the control service's own calls, without its wire. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Reply } from "../../../plugin/src/core/ports/transport.ts";
import {
  GetPayloadRequestSchema,
  ListSessionsRequestSchema,
  RunCronRequestSchema,
  SendMessageRequestSchema,
} from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Asker } from "../../../src/api/control-service.ts";
import { runCron } from "../../../src/api/cron-calls.ts";
import { getPayload } from "../../../src/api/event-calls.ts";
import { listSessions, sendMessage } from "../../../src/api/message-calls.ts";
import { reasonOf, SignalboxError } from "../../../src/domain/errors.ts";
import type { Clock } from "../../../src/domain/ports/clock.ts";
import type { Store } from "../../../src/domain/ports/store.ts";
import type { Signalbox } from "../../../src/signalbox.ts";

interface CallParts {
  box: Signalbox;
  store: Store;
  clock: Clock;
}

export async function answerCall(
  { box, store, clock }: CallParts,
  token: string,
  method: string,
  request: unknown,
): Promise<Reply<never>> {
  const parts = { ...box, store, clock };
  try {
    const asker = await askerOf(box, store, token);
    const response = await respond();
    return { kind: "ok", response: response as never }; // The method's own answer.

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
        default:
          throw new Error(`nobody here calls ${method}`);
      }
    }
  } catch (error) {
    const passes = error instanceof SignalboxError && error.kind === "unavailable";
    return { kind: "failed", failure: passes ? "unavailable" : "other", message: reasonOf(error) };
  }
}

type GetPayload = MessageInitShape<typeof GetPayloadRequestSchema>;
type SendMessage = MessageInitShape<typeof SendMessageRequestSchema>;
type RunCron = MessageInitShape<typeof RunCronRequestSchema>;
type ListSessions = MessageInitShape<typeof ListSessionsRequestSchema>;

async function askerOf(box: Signalbox, store: Store, secret: string): Promise<Asker> {
  const token = await box.tokens.authenticate(secret);
  const account = await store.account(token.account);
  if (account === null) throw new Error("a token without an account");
  return { account, token };
}
