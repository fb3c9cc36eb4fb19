/**
 * `admin.json` in the data folder (0600): where the server listens and the token that local commands use. Written by
 * the server when it is up; read by commands, which never open the database.
 */
import { join } from "node:path";
import { z } from "zod";
import { SignalboxError } from "../domain/errors.ts";
import type { Files } from "../domain/ports/files.ts";

export const AdminFile = z.object({
  version: z.literal(1),
  /** `http://127.0.0.1:4400`, without a slash at the end. */
  httpUrl: z.url(),
  /** `http://127.0.0.1:4401`; what a plugin's `remote` says. */
  grpcUrl: z.url(),
  pid: z.number().int().positive(),
  token: z.string().min(1),
  /** With TLS: the server's own certificate, which local commands trust and no other; and its file, for plugins. */
  tls: z.object({ certificate: z.string(), file: z.string() }).optional(),
});
export type AdminFile = z.infer<typeof AdminFile>;

export const adminPath = (dataDir: string): string => join(dataDir, "admin.json");

/** What the server last wrote; null: none has run here yet. */
export async function readAdmin(files: Files, dataDir: string): Promise<AdminFile | null> {
  const path = adminPath(dataDir);
  const text = await files.read(path);
  if (text === null) return null;
  try {
    return AdminFile.parse(JSON.parse(text));
  } catch {
    // The parser's message may hold the token.
    throw new SignalboxError(
      "invalid",
      "bad_admin_file",
      `${path} can't be understood`,
      "Start the server again: it writes the file anew",
    );
  }
}

export async function writeAdmin(files: Files, dataDir: string, admin: AdminFile): Promise<void> {
  await files.write(adminPath(dataDir), `${JSON.stringify(admin, null, 2)}\n`);
}
