/** What is said of tokens that let nobody in, and of those that can't be had, changed or revoked. */
import { SignalboxError } from "../domain/errors.ts";
import { label } from "../domain/grammar.ts";

/** One and the same answer, whatever is wrong with it: none, unknown, revoked, of no account. */
export const notAccepted = (): SignalboxError =>
  new SignalboxError(
    "unauthenticated",
    "unauthenticated",
    "the connection token is not accepted here",
    "Make a new one with `npm run connect`",
  );

/** Said to what the token has let in, which has proved that it was one. */
export const revokedToken = (): SignalboxError =>
  new SignalboxError(
    "unauthenticated",
    "revoked",
    "the connection token was revoked",
    "Make a new one with `npm run connect`",
  );

export const noSuchToken = (id: string): SignalboxError =>
  new SignalboxError(
    "missing",
    "unknown_token",
    `there is no token ${label(id)}`,
    "Compare it with token_list, or `npm run tokens -- list`",
  );

export const ofTheServer = (): SignalboxError =>
  new SignalboxError(
    "forbidden",
    "admin_token",
    "this is the token of the local commands, which the server keeps in admin.json",
    "To replace it remove that file and start the server again",
  );

export const noTag = (tag: string): SignalboxError =>
  new SignalboxError("invalid", "bad_tag", `"${tag}" is no tag`, "A tag has 1 to 64 of a-z 0-9 . _ -");

export const tooManyTokens = (most: number): SignalboxError =>
  new SignalboxError(
    "full",
    "too_many_tokens",
    `the account has ${most} tokens, and takes no more`,
    "token_list, or `npm run tokens -- list`, tells which were not seen for long; revoke one",
  );
