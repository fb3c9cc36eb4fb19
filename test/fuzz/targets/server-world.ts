/** A real server in this process: real ports chosen by the system, a folder of its own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { ControlService } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../../src/cli/control-client.ts";
import { AdminFile } from "../../../src/config/admin-file.ts";
import { readSettings } from "../../../src/config/read-settings.ts";
import { keysOf, schemes } from "../../../src/domain/schemes/index.ts";
import type { SchemeName } from "../../../src/domain/source.ts";
import { type RunningServer, serve } from "../../../src/main.ts";

export interface FuzzedServer {
  running: RunningServer;
  control: ControlClient;
  /** An administrator's. */
  token: string;
  /** What its log said of errors: of bugs, that is. */
  errors: string[];
  stop(): Promise<void>;
}

export async function fuzzedServer(more: Record<string, string> = {}): Promise<FuzzedServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "fuzz-server-"));
  const env = { SIGNALBOX_DATA_DIR: dataDir, SIGNALBOX_HTTP_PORT: "0", SIGNALBOX_GRPC_PORT: "0", ...more };
  const { settings } = readSettings({ options: {}, env });
  const errors: string[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => void errors.push(line) });
  const running = await serve({ settings, log });
  const admin = AdminFile.parse(JSON.parse(readFileSync(join(dataDir, "admin.json"), "utf8")));
  const control = controlClient({ url: running.grpcUrl, token: admin.token });
  return {
    running,
    control,
    token: admin.token,
    errors,
    async stop() {
      control.close();
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface FuzzedSource {
  scheme: SchemeName;
  url: string;
  /** What signs. */
  secret: string;
}

/** Makes a source of the scheme, which is its slug. */
export async function sourceOf({ control }: FuzzedServer, scheme: SchemeName): Promise<FuzzedSource> {
  const { signing: secret, given } = keysOf(schemes[scheme].secret, new Uint8Array(32).fill(7));
  const { source } = await control.call(ControlService.method.createSource, {
    slug: scheme,
    scheme,
    ...(scheme !== "none" && { secret: given }),
  });
  return { scheme, url: source?.url ?? "", secret };
}
