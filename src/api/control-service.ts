/** ControlService: what is asked of the server beside the links. Every answer is of the token's account alone. */
import type {
  Metadata,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Doorkeeper } from "../auth/doorkeeper.ts";
import type { Account, Token } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Store } from "../domain/ports/store.ts";
import { bearerOf } from "../edges/grpc-caller.ts";
import { toServiceError } from "../edges/grpc-status.ts";
import type { Log } from "../services/log.ts";
import { notAccepted, revokedToken } from "../services/token-trouble.ts";
import type { Tokens } from "../services/tokens.ts";
import { type AccountParts, getAccount } from "./account-calls.ts";
import { type CronParts, createCron, deleteCron, listCrons, runCron, updateCron } from "./cron-calls.ts";
import { type EventParts, getPayload, listEvents, watchEvent } from "./event-calls.ts";
import { type HistoryParts, listHistory } from "./history-calls.ts";
import { type KeyParts, rotateKeys } from "./key-calls.ts";
import { type LaneParts, listLanes, updateLane } from "./lane-calls.ts";
import { listSessions, type MessageParts, sendMessage } from "./message-calls.ts";
import { type ReplayParts, replayEvents } from "./replay-calls.ts";
import { checkSignIn, listAccounts, type SignInCallParts, signOutAccount } from "./sign-in-calls.ts";
import { createSource, deleteSource, listSources, type SourceParts, updateSource } from "./source-calls.ts";
import { createToken, listTokens, revokeToken, rotateToken } from "./token-calls.ts";

export interface ControlParts
  extends AccountParts,
    CronParts,
    EventParts,
    HistoryParts,
    KeyParts,
    LaneParts,
    MessageParts,
    ReplayParts,
    SignInCallParts,
    SourceParts {
  store: Store;
  tokens: Tokens;
  doorkeeper: Doorkeeper;
  log: Log;
  /** Whoever calls from there has shown a token that is known. */
  onTrusted: (peer: string) => void;
}

/** Who asks. */
export interface Asker {
  account: Account;
  token: Token;
}

export function controlService(parts: ControlParts): UntypedServiceImplementation {
  const failure = (path: string, error: unknown) => {
    if (!(error instanceof SignalboxError)) parts.log.error({ path, error: String(error) }, "a call failed");
    return toServiceError(error);
  };
  const unary =
    <I, O>(answer: (asker: Asker, request: I) => Promise<O>) =>
    (call: ServerUnaryCall<I, O>, reply: sendUnaryData<O>) => {
      askerOf(parts, call)
        .then((asker) => answer(asker, call.request))
        .then(
          (response) => reply(null, response),
          (error: unknown) => reply(failure(call.getPath(), error)),
        );
    };
  const stream =
    <I, O>(serve: (asker: Asker, call: ServerWritableStream<I, O>) => Promise<void>) =>
    (call: ServerWritableStream<I, O>) => {
      const { tokens } = parts;
      const end = (error: unknown) => call.emit("error", failure(call.getPath(), error));
      const holder = {
        isOf: () => false,
        revoked: () => end(revokedToken()),
        replaced: () => end(revokedToken()),
      };
      for (const over of ["finish", "cancelled", "error"]) call.once(over, () => tokens.release(holder));
      askerOf(parts, call, (secret) => tokens.hold(secret, holder))
        .then((asker) => serve(asker, call))
        .catch(end);
    };
  return {
    getAccount: unary(getAccount(parts)),
    createSource: unary(createSource(parts)),
    updateSource: unary(updateSource(parts)),
    listLanes: unary(listLanes(parts)),
    updateLane: unary(updateLane(parts)),
    listSources: unary(listSources(parts)),
    deleteSource: unary(deleteSource(parts)),
    listEvents: unary(listEvents(parts)),
    getPayload: unary(getPayload(parts)),
    watchEvent: stream(watchEvent(parts)),
    createCron: unary(createCron(parts)),
    listCrons: unary(listCrons(parts)),
    updateCron: unary(updateCron(parts)),
    deleteCron: unary(deleteCron(parts)),
    runCron: unary(runCron(parts)),
    createToken: unary(createToken(parts)),
    listTokens: unary(listTokens(parts)),
    rotateToken: unary(rotateToken(parts)),
    revokeToken: unary(revokeToken(parts)),
    rotateKeys: unary(rotateKeys(parts)),
    listAccounts: unary(listAccounts(parts)),
    signOutAccount: unary(signOutAccount(parts)),
    checkSignIn: unary(checkSignIn(parts)),
    sendMessage: unary(sendMessage(parts)),
    listSessions: unary(listSessions(parts)),
    listHistory: unary(listHistory(parts)),
    replayEvents: unary(replayEvents(parts)),
  };
}

async function askerOf(
  { tokens, doorkeeper, store, onTrusted }: ControlParts,
  call: { metadata: Metadata; getPeer(): string },
  authenticate = (secret: string | null) => tokens.authenticate(secret),
): Promise<Asker> {
  const secret = bearerOf(call.metadata);
  const token = await doorkeeper.letIn(call.getPeer(), secret, () => authenticate(secret));
  doorkeeper.call(token.account);
  onTrusted(call.getPeer());
  const account = await store.account(token.account);
  if (account === null) throw notAccepted();
  return { account, token };
}
