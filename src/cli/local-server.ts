/** The server of the data folder: where it listens and with which token, as it wrote into `admin.json`. */
import { type AdminFile, adminPath, readAdmin } from "../config/admin-file.ts";
import { SignalboxError } from "../domain/errors.ts";
import { nodeFiles } from "../edges/node-files.ts";
import { refuseExposed } from "../edges/private-file.ts";
import { type ControlClient, controlClient } from "./control-client.ts";
import { startHint } from "./start-hint.ts";

export async function localServer(dataDir: string): Promise<AdminFile> {
  // Whoever can write it could name a server of his own.
  await refuseExposed(adminPath(dataDir), "reading");
  const admin = await readAdmin(nodeFiles, dataDir);
  if (admin !== null) return admin;
  throw new SignalboxError(
    "unavailable",
    "never_started",
    `no server has run on ${dataDir} yet`,
    `Start one with ${startHint(dataDir)}, in another terminal`,
  );
}

/** Calls `use` with a client of that server, and closes it. */
export async function withServer<T>(
  dataDir: string,
  use: (client: ControlClient, admin: AdminFile) => Promise<T>,
): Promise<T> {
  const admin = await localServer(dataDir);
  const client = controlClient({ url: admin.grpcUrl, token: admin.token, trusted: admin.tls?.certificate });
  try {
    return await use(client, admin);
  } catch (error) {
    throw error instanceof SignalboxError && error.code === "server_down" ? down(error, dataDir) : error;
  } finally {
    client.close();
  }
}

/** Whoever could not reach it did not know its folder. */
const down = ({ kind, code, message, cause }: SignalboxError, dataDir: string): SignalboxError =>
  new SignalboxError(kind, code, message, `Start it with ${startHint(dataDir)}, in another terminal`, cause);
