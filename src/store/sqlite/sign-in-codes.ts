/** Codes that are good for one token, once: few, and none for long. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { SignInCode } from "../../domain/account.ts";
import { checked } from "./rows.ts";

const Row = z.object({
  hash: z.string(),
  account: z.string(),
  label: z.string(),
  created_at: z.number(),
  expires_at: z.number(),
});

export function signInCodes(db: DatabaseSync) {
  const put = db.prepare(
    "INSERT INTO sign_in_codes (hash, account, label, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
  );
  const removeExpired = db.prepare("DELETE FROM sign_in_codes WHERE expires_at <= ?");
  const removeOldest = db.prepare(`
    DELETE FROM sign_in_codes WHERE hash IN (
      SELECT hash FROM sign_in_codes WHERE account = ? ORDER BY created_at DESC, hash LIMIT -1 OFFSET ?)`);
  const take = db.prepare("DELETE FROM sign_in_codes WHERE hash = ? RETURNING *");

  const removeAll = db.prepare("DELETE FROM sign_in_codes WHERE account = ?");

  return {
    removeAll(account: string): void {
      removeAll.run(account);
    },

    put(
      { hash, account, label, createdAt, expiresAt }: SignInCode,
      kept: { now: number; most: number },
    ): void {
      removeExpired.run(kept.now);
      removeOldest.run(account, kept.most - 1);
      put.run(hash, account, label, createdAt, expiresAt);
    },

    take(hash: string): SignInCode | null {
      const row = take.get(hash);
      if (row === undefined) return null;
      const { created_at, expires_at, ...same } = checked("sign-in code", Row, row);
      return { ...same, createdAt: created_at, expiresAt: expires_at };
    },
  };
}
