/** Accounts, and the connection tokens that let in to them. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { z } from "zod";
import type { Account, Token } from "../../domain/account.ts";
import { SignalboxError } from "../../domain/errors.ts";
import { checked, jsonText } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";
import { isUniqueViolation } from "./sqlite-errors.ts";

const AccountRow = z.object({
  id: z.string(),
  profile_id: z.string(),
  label: z.string(),
  identity: z.string().nullable(),
  created_at: z.number(),
});

function accountOf(row: unknown): Account {
  const { profile_id, created_at, ...same } = checked("account", AccountRow, row);
  return { ...same, profileId: profile_id, createdAt: created_at };
}

const TokenRow = z.object({
  id: z.string(),
  account: z.string(),
  label: z.string(),
  hash: z.string(),
  role: z.enum(["session", "admin"]),
  tags: jsonText(z.array(z.string())).nullable(),
  created_at: z.number(),
  last_seen_at: z.number().nullable(),
  replaces: z.string().nullable(),
});

function tokenOf(row: unknown): Token {
  const { created_at, last_seen_at, ...same } = checked("token", TokenRow, row);
  return { ...same, createdAt: created_at, lastSeenAt: last_seen_at };
}

export function accounts(db: DatabaseSync, aside: SetAside) {
  const putAccount = db.prepare(`
    INSERT INTO accounts (id, profile_id, label, identity, created_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET profile_id = excluded.profile_id, label = excluded.label,
      identity = excluded.identity, created_at = excluded.created_at`);
  const byId = db.prepare("SELECT * FROM accounts WHERE id = ?");
  const byIdentity = db.prepare("SELECT * FROM accounts WHERE identity = ?");
  const all = db.prepare("SELECT * FROM accounts ORDER BY created_at, id");
  // Promise 9: a token stays in its account.
  const putToken = db.prepare(`
    INSERT INTO tokens (label, hash, role, tags, created_at, last_seen_at, replaces, id, account)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET label = excluded.label, hash = excluded.hash, role = excluded.role,
      tags = excluded.tags, created_at = excluded.created_at, last_seen_at = excluded.last_seen_at,
      replaces = excluded.replaces
      WHERE account = excluded.account`);
  const changeToken = db.prepare(`
    UPDATE tokens SET label = ?, hash = ?, role = ?, tags = ?, created_at = ?, last_seen_at = ?, replaces = ?
      WHERE id = ? AND account = ?`);
  const ofAccount = db.prepare("SELECT * FROM tokens WHERE account = ? ORDER BY created_at, id");
  const removeToken = db.prepare("DELETE FROM tokens WHERE id = ? AND account = ?");
  const byHash = db.prepare("SELECT * FROM tokens WHERE hash = ?");

  return {
    putAccount({ id, profileId, label, identity, createdAt }: Account): void {
      putUnique(putAccount, "account", id, [id, profileId, label, identity, createdAt]);
    },

    account(id: string): Account | null {
      const row = rowOf(byId, id);
      return row === undefined ? null : accountOf(row);
    },

    accountByIdentity(identity: string): Account | null {
      const row = rowOf(byIdentity, identity);
      return row === undefined ? null : accountOf(row);
    },

    accounts: (): Account[] => aside.readable(rowsOf(all), accountOf, Number.POSITIVE_INFINITY),

    putToken(token: Token): void {
      putUnique(putToken, "token", token.id, valuesOf(token));
    },

    changeToken: (token: Token): boolean => changeToken.run(...valuesOf(token)).changes === 1,

    tokens: (account: string): Token[] =>
      aside.readable(rowsOf(ofAccount, account), tokenOf, Number.POSITIVE_INFINITY),

    removeToken: (account: string, id: string): boolean => removeToken.run(id, account).changes === 1,

    tokenByHash(hash: string): Token | null {
      const row = rowOf(byHash, hash);
      return row === undefined ? null : tokenOf(row);
    },
  };
}

function valuesOf(token: Token): SQLInputValue[] {
  const { id, account, label, hash, role, createdAt, lastSeenAt, replaces } = token;
  const tags = token.tags === null ? null : JSON.stringify(token.tags);
  return [label, hash, role, tags, createdAt, lastSeenAt, replaces, id, account];
}

/** Profile ids and hashes are random: meeting one of another's is an error and not an outcome. */
function putUnique(statement: StatementSync, kind: string, id: string, values: SQLInputValue[]): void {
  let changes: number | bigint = 0;
  try {
    changes = statement.run(...values).changes;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
  }
  if (changes === 0) {
    throw new SignalboxError(
      "conflict",
      `${kind}_taken`,
      `the ${kind} ${id} has what belongs to another`,
      "Draw its random parts anew and try again",
    );
  }
}
