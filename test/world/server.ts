/** A real server in the test's process: real files, real ports chosen by the system, real requests. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";
import { AdminFile } from "../../src/config/admin-file.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { type SampleOptions, sampleWebhook } from "../../src/domain/samples/sample.ts";
import type { SchemeName } from "../../src/domain/source.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { type RunningServer, serve } from "../../src/main.ts";

/** Of the data folders; also of servers that never came up, or that were started twice. */
const folder = mkdtempSync(join(tmpdir(), "signalbox-servers-"));

export interface TestServer {
  running: RunningServer;
  control: ControlClient;
  dataDir: string;
  token: string;
  stop(): Promise<void>;
}

export async function startServer(
  options: {
    env?: Record<string, string>;
    dataDir?: string;
    openStore?: (dataDir: string) => Promise<Store>;
    /** Hears what is logged as a warning. */
    onWarning?: (fields: Record<string, unknown>, message: string) => void;
  } = {},
): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(folder, "data-"));
  const env = {
    SIGNALBOX_DATA_DIR: dataDir,
    SIGNALBOX_HTTP_PORT: "0",
    SIGNALBOX_GRPC_PORT: "0",
    ...options.env,
  };
  const { settings } = readSettings({ options: {}, env });
  const { onWarning } = options;
  const log =
    onWarning === undefined ? pino({ level: "silent" }) : pino({ level: "warn" }, heardBy(onWarning));
  const running = await serve({
    settings,
    log,
    ...(options.openStore === undefined ? {} : { openStore: options.openStore }),
  });
  const admin = AdminFile.parse(JSON.parse((await nodeFiles.read(join(dataDir, "admin.json"))) ?? "null"));
  const trusted = admin.tls?.certificate;
  const control = controlClient({
    url: running.grpcUrl,
    token: admin.token,
    ...(trusted === undefined ? {} : { trusted }),
  });
  return {
    running,
    control,
    dataDir,
    token: admin.token,
    async stop() {
      control.close();
      await running.stop();
    },
  };
}

const heardBy = (hear: (fields: Record<string, unknown>, message: string) => void) => ({
  write(line: string) {
    const { level: _level, time: _time, pid: _pid, hostname: _host, msg, ...fields } = JSON.parse(line);
    hear(fields, String(msg));
  },
});

export interface TestSource {
  url: string;
  secret: string;
}

/** A source of the server's own account. */
export async function makeSource(
  { control }: { control: ControlClient },
  settings: {
    slug: string;
    scheme?: SchemeName;
    routes?: Record<string, string>;
    tag?: string;
    secret?: string;
  },
): Promise<TestSource> {
  const made = await control.call(ControlService.method.createSource, {
    ...settings,
    scheme: settings.scheme ?? "generic",
  });
  return { url: made.source?.url ?? "", secret: settings.secret ?? made.secret };
}

/** Posts a provider's sample, signed by the secret. */
export async function send(
  source: TestSource,
  scheme: SchemeName,
  type: string,
  more: Partial<SampleOptions> & { headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const sample = sampleWebhook(scheme, type, { ...sampleDefaults(source), ...more });
  if (sample.kind !== "sample") throw new Error(`no sample of type ${type}`);
  return post(source.url, new Uint8Array(sample.body), { ...sample.headers, ...more.headers });
}

let sent = 0;

/** Every sample is a delivery of its own. */
function sampleDefaults({ url, secret }: TestSource): SampleOptions {
  sent += 1;
  return { secret, url, nowMs: Date.now(), seed: `delivery-${sent}` };
}

export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, { method: "POST", body, headers });
  const text = await response.text();
  // Some providers want an answer of another form.
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  const answer: unknown = isJson ? JSON.parse(text) : { text };
  return { status: response.status, body: Object.fromEntries(Object.entries(answer ?? {})) };
}
