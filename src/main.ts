/** Puts the server together from its settings, and takes it apart again in good order. */
import { join } from "node:path";
import type { Logger } from "pino";
import { noteAdmin, renewNote } from "./admin-note.ts";
import { controlService } from "./api/control-service.ts";
import type { SignInWays } from "./api/sign-in-calls.ts";
import { Door } from "./clawback/door.ts";
import { Seats } from "./clawback/seats.ts";
import { cipherOf } from "./config/cipher.ts";
import { readKeys } from "./config/keys.ts";

import { keepingOf, limitsOf, type Settings } from "./config/settings.ts";
import type { Clock } from "./domain/ports/clock.ts";

import type { Store } from "./domain/ports/store.ts";
import type { Connections } from "./edges/connections.ts";
import { nodeClock } from "./edges/node-clock.ts";
import { nodeFiles } from "./edges/node-files.ts";
import { nodeRandom } from "./edges/node-random.ts";
import { refuseExposed } from "./edges/private-file.ts";
import { version } from "./edges/version.ts";
import { grpcConnections, listenGrpc } from "./grpc-listener.ts";
import { listenHttp } from "./http-listener.ts";
import { ingress } from "./ingress/app.ts";
import { GrpcTransport } from "./link/grpc-transport.ts";
import { LinkServer } from "./link/link-server.ts";
import { PROTOCOL } from "./link/refusal.ts";
import { fullHouse, tlsOf, warnOfLostKeys, warnOfOpenFolder } from "./precautions.ts";
import { Schedule, type ScheduleParts } from "./schedule/schedule.ts";
import { KeyRotation } from "./services/key-rotation.ts";
import { signInOf, signInWays } from "./sign-in.ts";
import { type Signalbox, signalbox } from "./signalbox.ts";
import { openSqliteStore } from "./store/sqlite/store.ts";
import { renewTls } from "./tls-renewal.ts";

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
  /** The time that events, sessions and crons live in: one that runs faster shows a day in an hour. Connections keep the machine's. */
  clock?: Clock;
  /** The folder of the schedule's workers; for the same. */
  workers?: URL;
}

export async function serve({
  settings,
  log,
  openStore = openEmbedded(log),
  clock = nodeClock,
  workers,
}: ServeOptions): Promise<RunningServer> {
  const { dataDir } = settings;
  // Before anything is made.
  const tls = await tlsOf(settings, nodeClock);
  await nodeFiles.makeFolder(dataDir);
  await refuseExposed(join(dataDir, "keys.json"));
  await warnOfOpenFolder(dataDir, log);
  const undo: (() => Promise<void>)[] = [];
  try {
    const keys = await readKeys({ dataDir, key: settings.key, files: nodeFiles, random: nodeRandom });
    const cipher = cipherOf(keys, nodeRandom);
    const store = await openStore(dataDir);
    undo.push(() => store.close());
    let httpUrl = "";
    const box = await signalbox({
      store,
      clock,
      random: nodeRandom,
      cipher,
      log,
      limits: limitsOf(settings),
      keeping: keepingOf(settings),
      rates: settings,
      publicUrl: () => settings.publicUrl ?? httpUrl,
      timezone: settings.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    undo.push(() => box.stop());
    const keyRotation = new KeyRotation({ keys, cipher, store, sources: box.sources, log });
    await warnOfLostKeys(box, log);
    const onFull = (door: string) => fullHouse(door, { clock: nodeClock, log });
    const connections = grpcConnections(onFull("gRPC"));
    const transport = new GrpcTransport(connections);
    const link = linkOf(box, transport, settings, log);
    let grpcUrl = "";
    const urls = { httpUrl: () => httpUrl, grpcUrl: () => grpcUrl };
    const signIn = signInOf(box, { settings, cipher, log, tls, ...urls });
    const grpc = await listenGrpc({
      settings,
      tls,
      connections,
      link: transport.implementation(),
      control: controlOf(box, {
        store,
        clock,
        log,
        connections,
        keyRotation,
        signInWays: signInWays(signIn),
      }),
    });
    grpcUrl = grpc.url;
    undo.push(() => grpc.close());
    let ready = false;
    const app = ingress({
      ...box,
      store,
      clock: nodeClock,
      log,
      maxBodyBytes: settings.maxBodyBytes,
      isReady: () => ready,
      signIn,
    });
    const door = doorOf(box, { store, clock, log, settings });
    const upgrades = { isFor: Door.isFor, enter: door.enter.bind(door) };
    const http = await listenHttp({ settings, tls, app, upgrades, onFull: onFull("HTTP") });
    httpUrl = http.url;
    undo.push(() => http.close());
    undo.push(async () => link.drain(RECONNECT_SECONDS));
    undo.push(async () => door.drain());
    await box.awake;
    const schedule = scheduleOf(box, { clock, log, ...(workers === undefined ? {} : { workers }) });
    undo.push(() => schedule.stop());
    await schedule.start();
    const admin = await noteAdmin(box, dataDir, { http, grpc, tls, log });
    const renewal =
      tls === null
        ? null
        : renewTls(tls, {
            clock: nodeClock,
            log,
            async renew(pair) {
              http.renew(pair);
              grpc.renew(pair);
              await renewNote(dataDir, admin, pair);
            },
          });
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
        renewal?.stop();
        link.drain(RECONNECT_SECONDS);
        door.drain();
        await Promise.all([schedule.stop(), grpc.close()]);
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
  const { reception, sessions, tokens, doorkeeper } = box;
  const graceMs = settings.graceSeconds * 1000;
  return new LinkServer(
    { reception, sessions, tokens, doorkeeper, clock: nodeClock, log, serverVersion: version(), graceMs },
    transport,
  );
}

/** For Clawback's own plugin. */
function doorOf(
  box: Signalbox,
  { store, clock, log, settings }: { store: Store; clock: Clock; log: Logger; settings: Settings },
): Door {
  const { roster } = box;
  const seats = new Seats({ store, roster, random: nodeRandom });
  const says = { serverVersion: version(), protocol: PROTOCOL };
  const parts = { ...box, ...says, store, clock, log, seats, wireClock: nodeClock };
  return new Door(parts, settings);
}

/** Whatever the server does of itself, each by the name of its worker in `schedule/workers/`. */
function scheduleOf(box: Signalbox, how: Omit<ScheduleParts, "duties">): Schedule {
  const schedule = new Schedule({
    duties: {
      ticker: (leaving) => box.firing.fireDue(leaving),
      sweeper: () => box.retention.sweepDue(),
    },
    ...how,
  });
  box.crons.onSooner(() => schedule.do("ticker"));
  return schedule;
}

function controlOf(
  box: Signalbox,
  {
    connections,
    ...parts
  }: {
    store: Store;
    clock: Clock;
    log: Logger;
    connections: Connections;
    keyRotation: KeyRotation;
    signInWays: SignInWays;
  },
) {
  return controlService({
    ...box,
    onTrusted: (peer) => connections.trust(peer),
    ...parts,
    serverVersion: version(),
    protocol: PROTOCOL,
  });
}
