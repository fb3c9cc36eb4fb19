/**
 * The torture of the real processes: webhooks on their way to several lanes while server, plugins, clients, wires and
 * disk are hurt as the schedule says; then all heals, and everything must come to its end.
 */
import { setTimeout as pause } from "node:timers/promises";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { reasonOf } from "../../src/domain/errors.ts";
import type { Random } from "../../src/domain/ports/random.ts";
import { outcomeLine } from "../world/outcome.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { until } from "../world/until.ts";
import { Blows } from "./blows.ts";
import { TorturedBox } from "./box.ts";
import { Chronicle } from "./chronicle.ts";
import { ClawbackSeat } from "./clawback-seat.ts";
import { CRON_LANE, cronProblems, readCron } from "./cron.ts";
import { readStore } from "./journal.ts";
import { laneName, SEATS } from "./lanes.ts";
import { killsOf, scheduleOf } from "./schedule.ts";
import { Seat, type Sitting } from "./seat.ts";
import { Senders } from "./senders.ts";
import { isClean, verdictOf } from "./verdict.ts";

const LOOK_MS = 300;
/** No ack for so long, though nothing hurts: a stall. Longer than it takes to find a half-open link; Clawback's plugin takes 90 s. */
const STALL_MS = 110_000;
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
  readonly #chronicle: Chronicle;
  #box: TorturedBox | null = null;
  #seats: readonly Sitting[] = [];
  #senders: Senders | null = null;
  #kills = 0;
  #acked = 0;
  #open = 0;
  /** How many sessions there were to have a copy of an event. */
  readonly #audience = new Map<string, number>();
  #ackedAt = performance.now();
  #over = false;
  #good = false;

  constructor(options: TortureOptions) {
    this.#options = options;
    this.#chronicle = new Chronicle(`${options.kills} kills, seed ${options.seed}`);
  }

  /** True: nothing was lost, doubled, out of order, or otherwise not as promised. */
  async run(): Promise<boolean> {
    const { seed, print } = this.#options;
    const random = (stream: number) => seededRandom(seed * 1_000 + stream);
    const box = await TorturedBox.open();
    this.#box = box;
    this.#seats = this.#sitDown(box, (i) => random(100 + i));
    const senders = new Senders({ sources: box.sources, random: random(1), open: () => this.#open });
    this.#senders = senders;
    const watching = this.#watch(box);
    const progress = setInterval(() => print(this.#progress()), PROGRESS_MS);
    try {
      for (const seat of this.#seats) await seat.ready();
      await this.#hurt(box, senders, random(0));
      await senders.stop();
      if (await this.#drain(box)) await this.#fanOut(box, senders);
    } catch (error) {
      this.#chronicle.problem(reasonOf(error));
    } finally {
      clearInterval(progress);
      this.#over = true;
      await watching;
    }
    return this.#judge(box, senders);
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.close()));
    await this.#box?.server.kill9();
    this.#box?.closeWires();
    // Kept where something is to be looked at.
    if (this.#good && this.#options.keep !== true) this.#box?.remove();
  }

  #sitDown(box: TorturedBox, random: (seat: number) => Random): Sitting[] {
    const seats: Sitting[] = [];
    for (const [lane, place] of box.places) {
      for (let i = 1; i <= lane.seats; i++) {
        const number = seats.length;
        const own = { name: `${laneName(lane)}#${i}`, lane, random: random(number) };
        const note = (line: string) => this.#chronicle.note(line);
        if (lane.clawback === true) {
          const httpUrl = `http://127.0.0.1:${box.wires.senders.port}`;
          const seat = new ClawbackSeat({ ...own, note, httpUrl, token: () => box.clawbackToken });
          seat.open();
          seats.push(seat);
          continue;
        }
        const seat = new Seat({
          ...own,
          place,
          node: otherNode(number),
          note,
        });
        seat.open();
        seats.push(seat);
      }
    }
    return seats;
  }

  async #hurt(box: TorturedBox, senders: Senders, random: Random): Promise<void> {
    const blows = new Blows(box, this.#seats, (line) => this.#chronicle.note(line));
    const schedule = scheduleOf(random, this.#options.kills, SEATS);
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
    this.#chronicle.note("all heals");
  }

  async #watch(box: TorturedBox): Promise<void> {
    while (!this.#over) {
      const { acked, open, dead } = box.progress ?? { acked: 0, open: this.#open, dead: 0 };
      this.#open = open;
      if (acked > this.#acked) {
        this.#acked = acked;
        this.#ackedAt = performance.now();
      }
      if (dead > 0) await box.replayDead();
      await pause(LOOK_MS);
    }
  }

  /** All has come to its end, and what is dead was replayed, or nothing has moved for too long. */
  async #drain(box: TorturedBox): Promise<boolean> {
    for (const seat of this.#seats) await seat.ready();
    this.#ackedAt = performance.now();
    // What was told before may be older than what was sent last.
    box.server.heard = undefined;
    while (box.progress === null || box.progress.open + box.progress.dead > 0) {
      if (performance.now() - this.#ackedAt > STALL_MS) {
        this.#chronicle.problem(`stalled: ${this.#open} events have not come to their end`);
        await this.#describe(box);
        return false;
      }
      await pause(LOOK_MS);
    }
    this.#chronicle.note("drained");
    return true;
  }

  /** When all is well, each session of a lane gets its copy. */
  async #fanOut(box: TorturedBox, senders: Senders): Promise<void> {
    for (const [lane] of box.places) {
      const source = lane.sources.find(({ fansOut }) => fansOut === true);
      if (source === undefined) continue;
      const name = laneName(lane);
      await until(async () => (await box.online(name)) === lane.seats, `the sessions of ${name}`);
      this.#audience.set(await senders.sendTo(source.slug), lane.seats);
    }
    await this.#drain(box);
  }

  /** What the server says of its sessions and of what waits. */
  async #describe(box: TorturedBox): Promise<void> {
    await box.ask(async (control) => {
      const { sessions } = await control.call(ControlService.method.getAccount, {});
      for (const { session, lane, state, inHand, waiter, way } of sessions)
        this.#chronicle.note(
          `session ${session} ${lane} ${state} hand=${inHand} waiter=${waiter} way=${way}`,
        );
      const { events } = await control.call(ControlService.method.listEvents, { limit: 100 });
      for (const { id, lane, state, reason, session, delivery } of events)
        this.#chronicle.note(
          `event ${id} ${lane} ${state} ${reason} session=${session} delivery=${delivery}`,
        );
    });
  }

  async #judge(box: TorturedBox, { accepted, problems }: Senders): Promise<boolean> {
    const chronicle = this.#chronicle;
    const code = await box.server.stop();
    for (const line of box.server.output.split("\n")) if (line !== "") chronicle.note(`server: ${line}`);
    if (code !== 0) chronicle.problem(`the server left with ${code}`);
    const { journal: all, damage } = readStore(box.storePath);
    const cron = readCron(box.storePath);
    const journal = all.filter(({ lane }) => lane !== CRON_LANE);
    const transcripts = this.#seats.flatMap(({ transcripts }) => transcripts);
    const verdict = verdictOf({ accepted, journal, transcripts, audience: this.#audience });
    for (const problem of [...damage, ...problems, ...verdict.problems, ...cronProblems(cron)])
      chronicle.problem(problem);
    this.#good = isClean(verdict) && chronicle.problems.length === 0;
    const { print, keep } = this.#options;
    print(this.#progress());
    for (const problem of chronicle.problems) print(`✗ ${problem}`);
    if (!this.#good || keep === true) {
      chronicle.write(box.folder, transcripts);
      print(`What was done and seen is kept: ${box.folder} (timeline.txt, transcripts, the store)`);
    }
    print(`A cron that was due each second fired ${cron.fired.length} times.`);
    const { superseded, replayed, copies, removed } = verdict.kin;
    print(
      `${superseded} superseded, ${replayed} replayed, ${copies} copies, ${removed} removed by the sweeper.`,
    );
    print(outcomeLine(verdict));
    return this.#good;
  }

  #progress(): string {
    const { kills } = this.#options;
    const accepted = this.#senders?.accepted.length ?? 0;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    return `${seconds} s: ${this.#kills}/${kills} kills, ${accepted} accepted, ${this.#acked} acks, ${this.#open} open`;
  }
}

/** Every other seat's plugin runs on the Node of the machine, where npm tells that it has one of its own. */
const otherNode = (seat: number): string | undefined =>
  seat % 2 === 0 ? process.env.npm_node_execpath : undefined;
