/** Somebody who works at a lane: one client after the other, each with a transcript that outlives it. */
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/domain/ports/random.ts";
import { ackingClaude, type EventPlan } from "../standin/acking-claude.ts";
import { StandInProcess } from "../standin/standin-process.ts";
import type { Entry } from "../standin/transcript-entry.ts";
import { PLUGIN_DIR, type Workplace } from "../world/workplace.ts";
import type { TorturedLane } from "./lanes.ts";

const LONGEST_WORK_MS = 150;
/** A starved machine is not the torture's business: a client that gave its server up would have events and no tools. */
const PATIENT_MS = 60_000;

export interface SeatParts {
  name: string;
  lane: TorturedLane;
  place: Workplace;
  random: Random;
  /** Runs plugin and waiters; undefined: the Node that runs the torture. */
  node: string | undefined;
  note(line: string): void;
}

/** Somebody who can be hurt. */
export interface Sitting {
  readonly name: string;
  /** One a process of the client, in the order in which they came. */
  readonly transcripts: readonly (readonly Entry[])[];
  /** Claude has an event in hand, and has not begun to ack it. */
  readonly working: boolean;
  /** Somebody is there: what was begun before has come to its end. */
  ready(): Promise<unknown>;
  /** The next client is on its way when this resolves. */
  killClient(how: { plugin: boolean; resumes: boolean; downMs: number }): Promise<void>;
  killPlugin(how: { resumes: boolean; downMs: number }): Promise<void>;
  close(): Promise<void>;
}

export class Seat implements Sitting {
  readonly name: string;
  readonly #clients: StandInProcess[] = [];
  readonly #parts: SeatParts;
  #opening: Promise<void> = Promise.resolve();
  #working = 0;

  constructor(parts: SeatParts) {
    this.#parts = parts;
    this.name = parts.name;
  }

  get transcripts(): readonly (readonly Entry[])[] {
    return this.#clients.map(({ transcript }) => transcript.entries);
  }

  get working(): boolean {
    return this.#working > 0;
  }

  async ready(): Promise<StandInProcess> {
    await this.#opening;
    const client = this.#clients.at(-1);
    if (client === undefined) throw new Error(`nobody has sat down at ${this.name}`);
    return client;
  }

  /** Begins; `ready` waits for it. */
  open(resume?: string, afterMs = 0): void {
    this.#opening = this.#open(resume, afterMs);
    // Told to who waits for it.
    this.#opening.catch(() => {});
  }

  async killClient({ plugin, resumes, downMs }: { plugin: boolean; resumes: boolean; downMs: number }) {
    const client = await this.ready();
    const { sessionId, serverPid } = client;
    await client.kill9();
    if (plugin) killIfAlive(serverPid);
    this.open(resumes ? sessionId : undefined, downMs);
  }

  /** A server that dies is not started again in its session: the user leaves, and comes back. */
  async killPlugin({ resumes, downMs }: { resumes: boolean; downMs: number }) {
    const client = await this.ready();
    const { sessionId, serverPid } = client;
    killIfAlive(serverPid);
    this.#opening = pause(downMs)
      .then(() => client.exit())
      .then(() => this.#open(resumes ? sessionId : undefined, 0));
    this.#opening.catch(() => {});
  }

  async close(): Promise<void> {
    await this.#opening.catch(() => {});
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #open(resume: string | undefined, afterMs: number): Promise<void> {
    await pause(afterMs);
    const { lane, place, node, note } = this.#parts;
    const client = await StandInProcess.start(
      {
        load: { pluginDir: PLUGIN_DIR },
        configDir: place.claudeDir,
        cwd: place.projectDir,
        channel: lane.channel,
        timings: { connectMs: PATIENT_MS },
        ...(node === undefined ? {} : { node }),
        ...(lane.tag === null ? {} : { env: { SIGNALBOX_SESSION: lane.tag } }),
        ...(resume === undefined ? {} : { resume }),
      },
      ackingClaude(() => this.#plan()),
    );
    this.#clients.push(client);
    note(
      `${this.name}: a client is up, ${resume === undefined ? "a new session" : "resumed"} ${client.sessionId}`,
    );
  }

  #plan(): EventPlan {
    const { random } = this.#parts;
    const workMs = Math.floor(random.fraction() * LONGEST_WORK_MS);
    return {
      work: async ({ id }, turn) => {
        this.#working += 1;
        return turn.useTool("Bash", { command: `work on ${id}` }, workMs).finally(() => {
          this.#working -= 1;
        });
      },
      ...(random.fraction() < 0.05 ? { ends: "forgets" as const } : {}),
      // It is replayed, and that may fail too.
      ...(random.fraction() < 0.04 ? { outcome: "failed" as const } : {}),
    };
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It left with its client.
  }
}
