/**
 * The torture of the real processes: webhooks on their way to several lanes while server, plugins, clients, wires and
 * disk are hurt as the schedule says; then all heals, and everything must come to its end.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { outcomeLine } from "../world/outcome.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { Blows } from "./blows.ts";
import { TorturedBox } from "./box.ts";
import { type Change, readJournal } from "./journal.ts";
import { laneName, SEATS } from "./lanes.ts";
import { killsOf, scheduleOf } from "./schedule.ts";
import { Seat } from "./seat.ts";
import { Senders } from "./senders.ts";
import { isClean, verdictOf } from "./verdict.ts";

const LOOK_MS = 300;
/** No ack for so long, though nothing hurts: a stall. Longer than it takes to find a half-open link. */
const STALL_MS = 60_000;
const PROGRESS_MS = 5_000;

export interface TortureOptions {
  kills: number;
  seed: number;
  /** Also where nothing was wrong. */
  keep?: boolean;
  print(line: string): void;
}

export class Torture {
  readonly #options: TortureOptions;
  readonly #startedAt = performance.now();
  readonly #timeline: string[] = [];
  readonly #problems: string[] = [];
  #box: TorturedBox | null = null;
  #seats: readonly Seat[] = [];
  #senders: Senders | null = null;
  #kills = 0;
  #acked = 0;
  #ackedAt = performance.now();
  #over = false;
  #good = false;

  constructor(options: TortureOptions) {
    this.#options = options;
  }

  /** True: nothing was lost, doubled, out of order, or otherwise not as promised. */
  async run(): Promise<boolean> {
    const { kills, seed, print } = this.#options;
    const random = (stream: number) => seededRandom(seed * 1_000 + stream);
    const schedule = scheduleOf(random(0), kills, SEATS);
    const box = await TorturedBox.open();
    this.#box = box;
    this.#seats = this.#sitDown(box, (i) => random(100 + i));
    const senders = new Senders({ sources: box.sources, random: random(1), done: () => this.#acked });
    this.#senders = senders;
    const watching = this.#watch(box);
    const progress = setInterval(() => print(this.#progress()), PROGRESS_MS);
    try {
      for (const seat of this.#seats) await seat.ready();
      const blows = new Blows(box, this.#seats, (line) => this.#note(line));
      for (const { pauseMs, whenBusy, webhooks, leadMs, blow } of schedule) {
        await pause(pauseMs);
        if (whenBusy) await blows.untilBusy(blow);
        senders.send(webhooks);
        await pause(leadMs);
        await blows.deal(blow);
        this.#kills += killsOf(blow);
      }
      await blows.healed();
      box.heal();
      this.#note("all heals");
      await senders.stop();
      await this.#drain(box);
    } catch (error) {
      this.#problem(error instanceof Error ? error.message : String(error));
    } finally {
      clearInterval(progress);
      this.#over = true;
      await watching;
    }
    return this.#judge(box);
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.close()));
    await this.#box?.server.kill9();
    this.#box?.closeWires();
    // Kept where something is to be looked at.
    if (this.#good && this.#options.keep !== true) this.#box?.remove();
  }

  #sitDown(box: TorturedBox, random: (i: number) => ReturnType<typeof seededRandom>): Seat[] {
    const seats: Seat[] = [];
    for (const [lane, place] of box.places) {
      for (let i = 1; i <= lane.seats; i++) {
        const name = `${laneName(lane)}#${i}`;
        const seat = new Seat({
          name,
          lane,
          place,
          node: otherNode(seats.length),
          random: random(seats.length),
          note: (line) => this.#note(line),
        });
        seat.open();
        seats.push(seat);
      }
    }
    return seats;
  }

  async #watch(box: TorturedBox): Promise<void> {
    while (!this.#over) {
      const acked = await box.acked();
      if (acked !== null && acked > this.#acked) {
        this.#acked = acked;
        this.#ackedAt = performance.now();
      }
      await pause(LOOK_MS);
    }
  }

  /** All that was accepted is acked, or nothing has moved for too long. */
  async #drain(box: TorturedBox): Promise<void> {
    for (const seat of this.#seats) await seat.ready();
    this.#ackedAt = performance.now();
    const accepted = this.#senders?.accepted.length ?? 0;
    while (this.#acked < accepted) {
      if (performance.now() - this.#ackedAt > STALL_MS) {
        this.#problem(`stalled: ${accepted - this.#acked} of ${accepted} accepted events are not acked`);
        await this.#describe(box);
        return;
      }
      await pause(LOOK_MS);
    }
    this.#note("drained");
  }

  /** What the server says of its sessions and of what waits. */
  async #describe(box: TorturedBox): Promise<void> {
    await box.ask(async (control) => {
      const { sessions } = await control.call(ControlService.method.getAccount, {});
      for (const { session, lane, state, inHand, waiter, way } of sessions)
        this.#note(`session ${session} ${lane} ${state} hand=${inHand} waiter=${waiter} way=${way}`);
      const { events } = await control.call(ControlService.method.listEvents, { limit: 100 });
      for (const { id, lane, state, reason, session, delivery } of events)
        this.#note(`event ${id} ${lane} ${state} ${reason} session=${session} delivery=${delivery}`);
    });
  }

  async #judge(box: TorturedBox): Promise<boolean> {
    const code = await box.server.stop();
    if (code !== 0) this.#problem(`the server left with ${code}`);
    const journal = this.#readStore(box);
    const transcripts = this.#seats.flatMap(({ clients }) =>
      clients.map(({ transcript }) => transcript.entries),
    );
    const senders = this.#senders;
    const verdict = verdictOf({ accepted: senders?.accepted ?? [], journal, transcripts });
    const problems = [...this.#problems, ...(senders?.problems ?? []), ...verdict.problems];
    const good = isClean(verdict) && problems.length === 0;
    const { print } = this.#options;
    print(this.#progress());
    this.#good = good;
    if (!good || this.#options.keep === true) {
      for (const problem of problems) print(`✗ ${problem}`);
      this.#keep(box, problems, transcripts);
    }
    print(outcomeLine(verdict));
    return good;
  }

  /** Opened as the next server would, and looked through. */
  #readStore({ storePath }: TorturedBox): Change[] {
    const db = openDatabase({ path: storePath });
    const checks = [
      ...db.prepare("PRAGMA integrity_check").all(),
      ...db.prepare("PRAGMA foreign_key_check").all(),
    ];
    if (JSON.stringify(checks) !== '[{"integrity_check":"ok"}]')
      this.#problem(`damaged: ${JSON.stringify(checks)}`);
    const journal = readJournal(db);
    db.close();
    return journal;
  }

  #keep(box: TorturedBox, problems: readonly string[], transcripts: readonly (readonly unknown[])[]): void {
    const timeline = [`seed ${this.#options.seed}`, ...this.#timeline, ...problems].join("\n");
    writeFileSync(join(box.folder, "timeline.txt"), `${timeline}\n`);
    for (const [i, entries] of transcripts.entries()) {
      const lines = entries.map((entry) => JSON.stringify(entry));
      writeFileSync(join(box.folder, `transcript-${i}.jsonl`), `${lines.join("\n")}\n`);
    }
    this.#options.print(
      `What was done and seen is kept: ${box.folder} (timeline.txt, transcripts, the store)`,
    );
  }

  #problem(line: string): void {
    this.#problems.push(line);
    this.#note(`✗ ${line}`);
  }

  #note(line: string): void {
    this.#timeline.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
  }

  #progress(): string {
    const accepted = this.#senders?.accepted.length ?? 0;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    return `${seconds} s: ${this.#kills}/${this.#options.kills} kills, ${accepted} accepted, ${this.#acked} acked, ${accepted - this.#acked} under way`;
  }
}

/** Every other seat's plugin runs on the Node of the machine, where npm tells that it has one of its own. */
const otherNode = (seat: number): string | undefined =>
  seat % 2 === 0 ? process.env.npm_node_execpath : undefined;
