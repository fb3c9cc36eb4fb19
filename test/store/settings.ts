/** Accounts, tokens and sources for the tests of stores. */
import type { Account, SignInCode, Token } from "../../src/domain/account.ts";
import type { Source } from "../../src/domain/source.ts";
import { ACCOUNT, AT, LANE, newId } from "./records.ts";

/** The account of this id; its profile id follows from it. */
export const newAccount = (id: string): Account => ({
  id,
  profileId: `p_${id.slice(-24)}`,
  label: "mine",
  identity: null,
  createdAt: AT,
});

export const newSource = (over: Partial<Source> = {}): Source => ({
  id: newId("src"),
  account: ACCOUNT,
  slug: "github",
  scheme: "generic",
  secrets: [],
  eventType: null,
  routes: null,
  skill: null,
  lane: LANE,
  priority: "normal",
  options: null,
  cause: null,
  heardAt: null,
  createdAt: AT,
  ...over,
});

export const newToken = (over: Partial<Token> = {}): Token => ({
  id: newId("tok"),
  account: ACCOUNT,
  label: "laptop",
  hash: "a".repeat(64),
  role: "session",
  tags: null,
  createdAt: AT,
  lastSeenAt: null,
  replaces: null,
  ...over,
});

export const newSignInCode = (over: Partial<SignInCode> = {}): SignInCode => ({
  hash: "a".repeat(64),
  account: ACCOUNT,
  label: "sign-in of octocat",
  createdAt: AT,
  expiresAt: AT + 300_000,
  ...over,
});
