/** What the server writes into `admin.json` when it is up: where commands find it, and by what they know it. */
import { type AdminFile, adminPath, readAdmin, writeAdmin } from "./config/admin-file.ts";
import { nodeFiles } from "./edges/node-files.ts";
import { exposureOf } from "./edges/private-file.ts";
import type { TlsPair } from "./edges/tls-pair.ts";
import type { Listener } from "./listening.ts";
import type { Log } from "./services/log.ts";
import type { Signalbox } from "./signalbox.ts";

interface Whereabouts {
  http: Listener;
  grpc: Listener;
  tls: TlsPair | null;
  log: Log;
}

/** The token of an earlier start is kept while it is good, and was nobody else's to read. */
export async function noteAdmin(
  { tokens, account }: Signalbox,
  dataDir: string,
  { http, grpc, tls, log }: Whereabouts,
): Promise<AdminFile> {
  const before = await readAdmin(nodeFiles, dataDir).catch(() => null);
  const kept = before !== null && !(await wasExposed(dataDir, log)) ? before.token : null;
  const known = kept === null ? null : await tokens.authenticate(kept).catch(() => null);
  const { token, secret } =
    kept !== null && known !== null
      ? { token: known, secret: kept }
      : await tokens.issue(account.id, "local commands", "admin", []);
  const admin: AdminFile = {
    version: 1,
    httpUrl: http.url,
    grpcUrl: grpc.url,
    pid: process.pid,
    token: secret,
    ...(tls === null ? {} : { tls: tlsNote(tls) }),
  };
  await writeAdmin(nodeFiles, dataDir, admin);
  // One that was readable is worth nothing from here on, and neither is one of an admin.json that is gone.
  await tokens.keepOnlyAdmin(token);
  return admin;
}

/** The certificate was renewed. */
export async function renewNote(dataDir: string, admin: AdminFile, pair: TlsPair): Promise<void> {
  await writeAdmin(nodeFiles, dataDir, { ...admin, tls: tlsNote(pair) });
}

const tlsNote = ({ own, files }: TlsPair) => ({ certificate: own, file: files.cert });

async function wasExposed(dataDir: string, log: Log): Promise<boolean> {
  const path = adminPath(dataDir);
  const exposure = await exposureOf(path);
  if (exposure.kind !== "readable" && exposure.kind !== "writable") return false;
  log.warn(
    { path, mode: exposure.mode },
    "others could read or change admin.json: it has a new token and is private again",
  );
  return true;
}
