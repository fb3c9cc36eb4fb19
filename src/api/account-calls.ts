import { create } from "@bufbuild/protobuf";
import {
  type GetAccountRequest,
  type GetAccountResponse,
  GetAccountResponseSchema,
  type SessionInfo,
  SessionInfoSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Account, Token } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Store } from "../domain/ports/store.ts";
import { type SessionRecord, sessionState } from "../domain/session.ts";
import { AWAY_CURE, DEAF_CURE, NO_WAITER_CURE } from "../services/cures.ts";
import type { SessionRoster } from "../services/roster.ts";
import type { Sources } from "../services/sources.ts";
import type { Asker } from "./control-service.ts";
import { reachesAll } from "./source-calls.ts";

export interface AccountParts {
  store: Store;
  roster: SessionRoster;
  sources: Sources;
  serverVersion: string;
  protocol: number;
}

export const getAccount =
  ({ store, roster, sources, serverVersion, protocol }: AccountParts) =>
  async ({ account, token }: Asker, _: GetAccountRequest): Promise<GetAccountResponse> => {
    const records = (await store.sessions(account.id)).filter((record) => sessionState(record) !== "gone");
    return create(GetAccountResponseSchema, {
      accountId: account.id,
      profileId: account.profileId,
      webhookBaseUrl: sources.baseUrl(account),
      sessions: await Promise.all(records.map((record) => infoOf(record, store, roster))),
      tokenId: token.id,
      tokenLabel: token.label,
      serverVersion,
      protocol,
      accountLabel: account.label,
      identity: account.identity ?? "",
      omittedBytes: BigInt(await omittedBytes(sources, account, token)),
    });
  };

async function omittedBytes(sources: Sources, account: Account, token: Token): Promise<number> {
  const reached = (await sources.list(account)).filter((source) => reachesAll(token, source));
  const all = await Promise.all(reached.map((source) => sources.leftOut.omittedBytes(source)));
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

/** The join of what is stored, what it has in hand, and what its plugin last told. */
async function infoOf(record: SessionRecord, store: Store, roster: SessionRoster): Promise<SessionInfo> {
  const { account, id, actor } = record;
  const state = sessionState(record);
  const presence = roster.get(account, id)?.presence;
  const inHand = await inHandOf(store, account, id);
  return create(SessionInfoSchema, {
    session: id,
    lane: actor.context.lane,
    state,
    cure: cureOf(state, presence),
    client: actor.context.client,
    project: actor.context.project,
    inHand,
    waiter: presence?.waiter ?? false,
    hooks: presence?.hooks ?? false,
    way: presence?.way ?? "",
    interruptible: presence?.interruptible ?? false,
  });
}

/** One event that can't be read must not keep the others' sessions from being told of. */
async function inHandOf(store: Store, account: string, session: string): Promise<string> {
  try {
    return (await store.claimOf(account, session))?.facts.id ?? "";
  } catch (error) {
    if (error instanceof SignalboxError && error.code === "unreadable_record") return "";
    throw error;
  }
}

function cureOf(
  state: string,
  presence: { way: string; waiter: boolean; busy: boolean } | undefined,
): string {
  if (state === "deaf") return DEAF_CURE;
  if (state === "away") return AWAY_CURE;
  const unwakeable = presence !== undefined && presence.way === "wake" && !presence.waiter && !presence.busy;
  return unwakeable ? NO_WAITER_CURE : "";
}
