/** A Signalbox server as its user runs it: a process of its own, `signalbox start`, with every default but folder and ports. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";
import { readAdmin } from "../../src/config/admin-file.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { until } from "../../test/world/until.ts";
import { ended } from "./child.ts";

const CLONE = join(import.meta.dirname, "../..");

/** As `npm start` has it. */
const COMMAND = ["--min-semi-space-size=32", "--max-semi-space-size=32"];

/** Options of Node for the server alone, such as `--cpu-prof`. */
const NODE_OPTIONS = process.env.BENCH_SERVER_NODE_OPTIONS ?? "";

export interface BenchServer {
  httpUrl: string;
  grpcUrl: string;
  /** An admin's. */
  token: string;
  pid: number;
  control: ControlClient;
  /** Resident memory now. */
  rssBytes(): number;
  /** As Ctrl-C does; `SIGKILL` leaves without a farewell. The folder stays. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Resolves when it answers. The log, at its default level, goes to a file in the folder. */
export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<BenchServer> {
  const log = openSync(`${dataDir}.log`, "a");
  const child = spawn(
    process.execPath,
    [...COMMAND, ...NODE_OPTIONS.split(" ").filter((option) => option !== ""), "bin/signalbox.mjs", "start"],
    {
      cwd: CLONE,
      stdio: ["ignore", "ignore", log],
      env: {
        ...process.env,
        NODE_ENV: "production",
        SIGNALBOX_DATA_DIR: dataDir,
        SIGNALBOX_HTTP_PORT: "0",
        SIGNALBOX_GRPC_PORT: "0",
        ...env,
      },
    },
  );
  closeSync(log);
  const admin = await until(async () => {
    if (child.exitCode !== null)
      throw new Error(`the server left: ${readFileSync(`${dataDir}.log`, "utf8")}`);
    // One of an earlier process may still be there.
    const found = await readAdmin(nodeFiles, dataDir).catch(() => null);
    return found?.pid === child.pid ? found : null;
  }, "the server to be up");
  const control = controlClient({ url: admin.grpcUrl, token: admin.token });
  return {
    httpUrl: admin.httpUrl,
    grpcUrl: admin.grpcUrl,
    token: admin.token,
    pid: admin.pid,
    control,
    rssBytes: () => rssBytes(admin.pid),
    async stop(signal = "SIGTERM") {
      control.close();
      await ended(child, signal);
    },
  };
}

/** Linux only, like the goals. */
function rssBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kib === undefined) throw new Error(`the memory of process ${pid} is not known`);
  return Number(kib) * 1024;
}

export interface BenchSource {
  url: string;
  secret: string;
}

/** A source of scheme github, whose events go to the lane of the tag. */
export async function makeSource(
  { control }: BenchServer,
  slug: string,
  tag = "",
  priority = "normal",
): Promise<BenchSource> {
  const asked = { slug, scheme: "github", tag, priority };
  const made = await control.call(ControlService.method.createSource, asked);
  return { url: made.source?.url ?? "", secret: made.secret };
}
