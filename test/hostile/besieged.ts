/** A server in a process of its own that is treated badly: what it takes in memory, and whether it still serves others. */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { ControlClient } from "../../src/cli/control-client.ts";
import { readAdmin } from "../../src/config/admin-file.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { makeSource, send, type TestSource } from "../world/server.ts";
import { freePort, ServerProcess } from "../world/server-process.ts";
import { type Workplace, workplace } from "../world/workplace.ts";

/**
 * In MB. V8 fills what room it has before it sweeps: what is resident after a flood is then garbage that happens to lie
 * there still, more or less of it by the machine's speed. In little room it sweeps at once, and whoever keeps what
 * strangers send dies of it.
 */
const ROOM = { heap: 128, young: 2 };

/**
 * What a siege may leave behind, in MB; the system's allocator keeps some of it for the next one. After 20 connections
 * with 100,000 requests each it is up to 90 (a single read makes 1,800 requests before the connection can be ended),
 * after all others less than 30.
 */
export const ALLOWANCE = 150;

/** A provider waits so long for its answer (GitHub; others no less): what is answered later was not served. */
export const PROMPT_MS = 10_000;

export class Besieged {
  readonly process: ServerProcess;
  readonly control: ControlClient;
  readonly token: string;
  readonly source: TestSource;
  readonly #place: Workplace;

  private constructor(
    process: ServerProcess,
    place: Workplace,
    inside: { control: ControlClient; token: string; source: TestSource },
  ) {
    this.process = process;
    this.#place = place;
    this.control = inside.control;
    this.token = inside.token;
    this.source = inside.source;
  }

  static async start(): Promise<Besieged> {
    const place = workplace();
    const [httpPort, grpcPort] = [await freePort(), await freePort()];
    const server = new ServerProcess({
      dataDir: place.dataDir,
      httpPort,
      grpcPort,
      env: { NODE_OPTIONS: `--max-old-space-size=${ROOM.heap} --max-semi-space-size=${ROOM.young}` },
    });
    await server.start();
    const control = await server.control();
    const admin = await readAdmin(nodeFiles, place.dataDir);
    const source = await makeSource({ control }, { slug: "good" });
    const box = new Besieged(server, place, { control, token: admin?.token ?? "", source });
    // Warm: what the first requests make is not what a flood makes.
    for (let i = 0; i < 20; i++) await box.serves();
    return box;
  }

  /** A good webhook and a good call are answered; how long they took, in ms. */
  async serves(): Promise<number> {
    const begun = performance.now();
    const { status } = await send(this.source, "generic", "deploy.finished");
    if (status !== 202) throw new Error(`a good webhook was answered ${status}`);
    await this.control.call(ControlService.method.getAccount, {});
    return performance.now() - begun;
  }

  /** Resident memory, in MB. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<number | null> {
    this.control.close();
    const code = await this.process.stop();
    this.#place.remove();
    return code;
  }
}

/** A TCP connection to a URL's port, and what it was told. */
export class RawSocket {
  readonly socket: Socket;
  told = "";
  closed = false;

  constructor(url: string) {
    this.socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) });
    this.socket.on("data", (chunk: Buffer) => {
      this.told += chunk.toString("latin1");
    });
    this.socket
      .on("error", () => {})
      .on("close", () => {
        this.closed = true;
      });
  }

  say(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  close(): void {
    this.socket.destroy();
  }
}
