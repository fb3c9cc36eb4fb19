/** What is asked about the accounts of the whole server, and how people come to them: by the local commands alone. */
import { create } from "@bufbuild/protobuf";
import {
  AccountInfoSchema,
  type CheckSignInRequest,
  type CheckSignInResponse,
  CheckSignInResponseSchema,
  type ListAccountsRequest,
  type ListAccountsResponse,
  ListAccountsResponseSchema,
  type SignOutAccountRequest,
  type SignOutAccountResponse,
  SignOutAccountResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Github } from "../auth/github/github.ts";
import { SignalboxError } from "../domain/errors.ts";
import { label } from "../domain/grammar.ts";
import type { Store } from "../domain/ports/store.ts";
import type { SignIns } from "../services/sign-ins.ts";
import type { Tokens } from "../services/tokens.ts";
import type { Asker } from "./control-service.ts";
import { requireBounds, SignOutAccount } from "./requests.ts";

export interface SignInCallParts {
  store: Store;
  tokens: Tokens;
  signIns: SignIns;
  signInWays: SignInWays;
}

/** How people sign in. */
export interface SignInWays {
  github: Github | null;
  /** Without GitHub: whether the server's own user may, on its machine. */
  isLocal: boolean;
  /** Where. */
  url: () => string;
}

export const listAccounts =
  ({ store, tokens }: SignInCallParts) =>
  async (asker: Asker, _: ListAccountsRequest): Promise<ListAccountsResponse> => {
    requireAdmin(asker);
    const all = await store.accounts();
    const standings = await Promise.all(all.map(({ id }) => tokens.standingOf(id)));
    return create(ListAccountsResponseSchema, {
      accounts: all.map(({ id, label: called, identity, createdAt }, n) => {
        const { tokens: count = 0, links = 0, lastSeenAt = null } = standings[n] ?? {};
        return create(AccountInfoSchema, {
          id,
          label: called,
          identity: identity ?? "",
          createdAtMs: BigInt(createdAt),
          tokens: count,
          links,
          lastSeenAtMs: BigInt(lastSeenAt ?? 0),
        });
      }),
    });
  };

export const signOutAccount =
  ({ signIns }: SignInCallParts) =>
  async (asker: Asker, request: SignOutAccountRequest): Promise<SignOutAccountResponse> => {
    requireAdmin(asker);
    requireBounds(SignOutAccount, request);
    const done = await signIns.signOut(request.id);
    if (done === null) throw noSuchAccount(request.id);
    const { account, tokens, links } = done;
    return create(SignOutAccountResponseSchema, { label: account.label, tokens, links });
  };

export const checkSignIn =
  ({ signInWays: { github, isLocal, url } }: SignInCallParts) =>
  async (asker: Asker, _: CheckSignInRequest): Promise<CheckSignInResponse> => {
    requireAdmin(asker);
    if (github === null) {
      return create(CheckSignInResponseSchema, { by: isLocal ? "local" : "off", url: url() });
    }
    const standing = await github.check();
    return create(CheckSignInResponseSchema, {
      by: "github",
      url: url(),
      standing: standing.kind,
      why: standing.kind === "fails" ? standing.why : "",
      callbackUrl: github.callbackUrl,
    });
  };

function requireAdmin({ token }: Asker): void {
  if (token.role === "admin") return;
  throw new SignalboxError(
    "forbidden",
    "not_admin",
    "a session's token is told nothing of the server's other accounts",
    "Run `npm run accounts` where the server's data folder is",
  );
}

const noSuchAccount = (id: string): SignalboxError =>
  new SignalboxError(
    "missing",
    "unknown_account",
    `there is no account ${label(id)}`,
    "Compare it with `npm run accounts`",
  );
