/** The server as a process of its own, so that it can be killed with -9 and started again on the same folder and ports. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";
import { readAdmin } from "../../src/config/admin-file.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { until } from "./until.ts";

const CLONE = join(import.meta.dirname, "../..");

export interface ServerProcessOptions {
  dataDir: string;
  httpPort: number;
  grpcPort: number;
  env?: Record<string, string>;
}

export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | null = null;
  /** What it has printed since its last start. */
  output = "";

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  get grpcUrl(): string {
    return `http://127.0.0.1:${this.#options.grpcPort}`;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.#options.httpPort}`;
  }

  /** Resolves when the server answers. */
  async start(): Promise<void> {
    const { dataDir, httpPort, grpcPort, env } = this.#options;
    this.output = "";
    const child = spawn(process.execPath, ["bin/signalbox.mjs", "start"], {
      cwd: CLONE,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        SIGNALBOX_DATA_DIR: dataDir,
        SIGNALBOX_HTTP_PORT: String(httpPort),
        SIGNALBOX_GRPC_PORT: String(grpcPort),
        SIGNALBOX_LOG_LEVEL: "warn",
        ...env,
      },
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the server left with ${child.exitCode}: ${this.output}`);
      return fetch(`http://127.0.0.1:${httpPort}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    }, "the server to be ready");
  }

  /** Without a farewell. */
  async kill9(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As Ctrl-C does; the exit code. */
  async stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  /** As a local command speaks to it. */
  async control(): Promise<ControlClient> {
    const admin = await readAdmin(nodeFiles, this.#options.dataDir);
    if (admin === null) throw new Error("the server has not written admin.json");
    return controlClient({ url: admin.grpcUrl, token: admin.token });
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return child?.exitCode ?? null;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
    return child.exitCode;
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
