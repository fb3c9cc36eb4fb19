/**
 * The server's long-lived workers, run by Bree: each a small file in `workers/`, named like its duty. Invariants:
 *
 *   S1  A worker only says when it is time; the server does the work in its own thread, one at a time for each duty.
 *   S2  A worker that dies is started again; a duty that fails is done again.
 *   S3  When `stop` has resolved, no thread and no timer is left, and nothing is being done; a duty that has much to do is told
 *       to leave it.
 */
import { fileURLToPath } from "node:url";
import Bree from "bree";
import { reasonOf } from "../domain/errors.ts";
import type { Clock, Timer } from "../domain/ports/clock.ts";
import type { Log } from "../services/log.ts";
import { type Duty, type NextTime, TIME } from "./duty.ts";

const WORKERS = new URL("./workers/", import.meta.url);

/** After a worker died, and after a duty failed. */
const AGAIN_MS = 1_000;

/** A worker that has not left by then is ended. */
const LEAVE_MS = 2_000;

/** It holds a timer, and nothing of what it asks for. */
const SMALL = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 };

export interface ScheduleParts {
  /** By the names of their workers. */
  duties: Readonly<Record<string, Duty>>;
  clock: Clock;
  log: Log;
  /** The workers' folder; for tests. */
  workers?: URL;
}

export class Schedule {
  readonly #parts: ScheduleParts;
  readonly #bree: Bree;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Duties that are to be done once more when they are done. */
  readonly #again = new Set<string>();
  readonly #restarts = new Map<string, Timer>();
  readonly #leaving = new AbortController();

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    const folder = parts.workers ?? WORKERS;
    this.#bree = new Bree({
      root: false,
      logger: false,
      // Node strips their types.
      acceptedExtensions: [".ts"],
      defaultExtension: "ts",
      worker: { resourceLimits: SMALL },
      jobs: Object.keys(parts.duties).map((name) => ({
        name,
        path: fileURLToPath(new URL(`${name}.ts`, folder)),
      })),
      workerMessageHandler: ({ name, message }) => {
        if (message === TIME) this.do(name);
      },
      errorHandler: (error, { name }) => this.#tellOf(error, name),
    });
    this.#bree.on("worker deleted", (name: string) => this.#runSoon(name));
  }

  async start(): Promise<void> {
    await Promise.all(Object.keys(this.#parts.duties).map((name) => this.#run(name)));
  }

  /** Does the duty now: it may be due sooner than its worker knows. */
  do(name: string): void {
    const duty = this.#parts.duties[name];
    if (this.#leaving.signal.aborted || duty === undefined) return;
    if (this.#underWay.has(name)) {
      this.#again.add(name);
      return;
    }
    const work = this.#done(name, duty).finally(() => {
      this.#underWay.delete(name);
      if (this.#again.delete(name)) this.do(name);
    });
    this.#underWay.set(name, work);
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    for (const timer of this.#restarts.values()) timer.cancel();
    const patience = this.#parts.clock.setTimer(LEAVE_MS, () => {
      for (const worker of this.#bree.workers.values()) void worker.terminate();
    });
    await this.#bree.stop();
    patience.cancel();
    await Promise.all(this.#underWay.values());
  }

  async #done(name: string, duty: Duty): Promise<void> {
    const { clock, log } = this.#parts;
    try {
      const nextAt = await duty(this.#leaving.signal);
      this.#tell(name, { inMs: nextAt === null ? null : Math.max(0, nextAt - clock.now()) });
    } catch (error) {
      if (this.#leaving.signal.aborted) return;
      log.error({ duty: name, error: reasonOf(error) }, "a duty could not be done; it is tried again");
      this.#tell(name, { inMs: AGAIN_MS });
    }
  }

  #tell(name: string, next: NextTime): void {
    if (!this.#leaving.signal.aborted) this.#bree.workers.get(name)?.postMessage(next);
  }

  async #run(name: string): Promise<void> {
    try {
      await this.#bree.run(name);
    } catch (error) {
      // There may be no thread to be had just now.
      this.#tellOf(error, name);
      this.#runSoon(name);
    }
  }

  #runSoon(name: string): void {
    if (this.#leaving.signal.aborted) return;
    const timer = this.#parts.clock.setTimer(AGAIN_MS, () => {
      this.#restarts.delete(name);
      void this.#run(name);
    });
    this.#restarts.set(name, timer);
  }

  #tellOf(error: unknown, worker: string): void {
    this.#parts.log.error({ worker, error: reasonOf(error) }, "a worker failed; it is started again");
  }
}
