/** Puts the server together from its settings, and takes it apart again in good order. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { controlService } from "./api/control-service.ts";
import { readAdmin, writeAdmin } from "./config/admin-file.ts";
import { cipherOf } from "./config/cipher.ts";
import { readKeys } from "./config/keys.ts";
import { limitsOf, type Settings } from "./config/settings.ts";
import type { Store } from "./domain/ports/store.ts";
import { nodeClock } from "./edges/node-clock.ts";
import { nodeFiles } from "./edges/node-files.ts";
import { nodeRandom } from "./edges/node-random.ts";
import { ingress } from "./ingress/app.ts";
import { GrpcTransport } from "./link/grpc-transport.ts";
import { LinkServer } from "./link/link-server.ts";
import { PROTOCOL } from "./link/refusal.ts";
import { type Listener, listenGrpc, listenHttp } from "./listeners.ts";
import { type Signalbox, signalbox } from "./signalbox.ts";
import { openSqliteStore } from "./store/sqlite/store.ts";

export interface RunningServer {
  httpUrl: string;
  grpcUrl: string;
  accountProfileId: string;
  firstStart: boolean;
  dataDir: string;
  /** Drains and leaves; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** How soon plugins try again that were told that the server leaves. */
const RECONNECT_SECONDS = 1;

interface ServeOptions {
  settings: Settings;
  log: Logger;
  /** Opens another store than the settings': for tests that break it. */
  openStore?: (dataDir: string) => Promise<Store>;
}

export async function serve({
  settings,
  log,
  openStore = openEmbedded(log),
}: ServeOptions): Promise<RunningServer> {
  const { dataDir } = settings;
  await nodeFiles.makeFolder(dataDir);
  const undo: (() => Promise<void>)[] = [];
  try {
    const keys = await readKeys({ dataDir, key: settings.key, files: nodeFiles, random: nodeRandom });
    const store = await openStore(dataDir);
    undo.push(() => store.close());
    let httpUrl = "";
    const box = await signalbox({
      store,
      clock: nodeClock,
      random: nodeRandom,
      cipher: cipherOf(keys, nodeRandom),
      log,
      limits: limitsOf(settings),
      publicUrl: () => settings.publicUrl ?? httpUrl,
    });
    undo.push(() => box.stop());
    const transport = new GrpcTransport();
    const link = linkOf(box, transport, settings, log);
    const grpc = await listenGrpc(settings, {
      link: transport.implementation(),
      control: controlOf(box, store, log),
    });
    undo.push(() => grpc.close());
    let ready = false;
    const app = ingress({
      ...box,
      store,
      clock: nodeClock,
      log,
      maxBodyBytes: settings.maxBodyBytes,
      isReady: () => ready,
    });
    const http = await listenHttp(settings, app);
    httpUrl = http.url;
    undo.push(() => http.close());
    await noteAdmin(box, dataDir, http, grpc);
    ready = true;
    log.info({ httpUrl, grpcUrl: grpc.url, dataDir }, "server up");
    return {
      httpUrl,
      grpcUrl: grpc.url,
      accountProfileId: box.account.profileId,
      firstStart: box.firstStart,
      dataDir,
      async stop() {
        ready = false;
        link.drain(RECONNECT_SECONDS);
        await grpc.close();
        // Last of all: a provider may never send again, so what still comes is still stored.
        await http.close();
        await box.stop();
        await store.close();
        log.info({}, "server left");
      },
    };
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

const openEmbedded = (log: Logger) => (dataDir: string) =>
  openSqliteStore({
    path: join(dataDir, "signalbox.db"),
    log: (problem) => log.error({ code: problem.code }, problem.line),
  });

function linkOf(box: Signalbox, transport: GrpcTransport, settings: Settings, log: Logger): LinkServer {
  const { reception, sessions, tokens } = box;
  const graceMs = settings.graceSeconds * 1000;
  return new LinkServer(
    { reception, sessions, tokens, clock: nodeClock, log, serverVersion: version(), graceMs },
    transport,
  );
}

function controlOf(box: Signalbox, store: Store, log: Logger) {
  return controlService({
    ...box,
    store,
    clock: nodeClock,
    log,
    serverVersion: version(),
    protocol: PROTOCOL,
  });
}

/** Where commands find the server; the token of an earlier start is kept while it is good. */
async function noteAdmin(box: Signalbox, dataDir: string, http: Listener, grpc: Listener): Promise<void> {
  const before = await readAdmin(nodeFiles, dataDir).catch(() => null);
  const good =
    before !== null &&
    (await box.tokens.authenticate(before.token).then(
      () => true,
      () => false,
    ));
  const token = good
    ? before.token
    : (await box.tokens.issue(box.account.id, "local commands", "admin", [])).secret;
  await writeAdmin(nodeFiles, dataDir, {
    version: 1,
    httpUrl: http.url,
    grpcUrl: grpc.url,
    pid: process.pid,
    token,
  });
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "0";
}
