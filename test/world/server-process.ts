/** The server as a process of its own, so that it can be killed with -9 and started again on the same folder and ports. */
import { type ChildProcess, type Serializable, spawn } from "node:child_process";
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
  /** Another program than the command, which serves as it does and can be spoken to. */
  entry?: string;
}

export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | null = null;
  /** What it has printed since its last start. */
  output = "";
  /** What an entry that speaks has said last, since its last start. */
  heard: unknown;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  get grpcUrl(): string {
    return `http://127.0.0.1:${this.#options.grpcPort}`;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error("the server does not run");
    return this.#child.pid;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.#options.httpPort}`;
  }

  /** Resolves when the server answers. `more`: of its environment, for this time. */
  async start(more: Record<string, string> = {}): Promise<void> {
    const { dataDir, httpPort, grpcPort, env, entry } = this.#options;
    this.output = "";
    this.heard = undefined;
    const child = spawn(process.execPath, entry === undefined ? ["bin/signalbox.mjs", "start"] : [entry], {
      cwd: CLONE,
      stdio: ["ignore", "pipe", "pipe", entry === undefined ? "ignore" : "ipc"],
      env: {
        ...process.env,
        SIGNALBOX_DATA_DIR: dataDir,
        SIGNALBOX_HTTP_PORT: String(httpPort),
        SIGNALBOX_GRPC_PORT: String(grpcPort),
        SIGNALBOX_LOG_LEVEL: "warn",
        ...env,
        ...more,
      },
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("message", (word) => {
      if (child === this.#child) this.heard = word;
    });
    await until(async () => {
      if (hasEnded(child)) {
        throw new Error(`the server left with ${child.exitCode ?? child.signalCode}: ${this.output}`);
      }
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

  /** To an entry that listens; one that is gone is told nothing. */
  say(word: Serializable): void {
    if (this.#child?.connected === true) this.#child.send(word, () => {});
  }

  /** True once it has ended by itself; false after so long. */
  async endsWithin(ms: number): Promise<boolean> {
    const child = this.#child;
    if (child === null || hasEnded(child)) return true;
    return once(child, "exit", { signal: AbortSignal.timeout(ms) }).then(
      () => true,
      () => hasEnded(child),
    );
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
    if (child === null || hasEnded(child)) return child?.exitCode ?? null;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
    return child.exitCode;
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

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
