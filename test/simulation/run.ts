/** One seed: a world is made, goes through its troubles, is healed, and must then bring everything to its end. */
import { ENDED } from "../../src/domain/event.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import { seatClawback } from "./clawback/seat.ts";
import type { ClientKind } from "./client/client.ts";
import { Seat } from "./client/seat.ts";
import { NOBODY_THERE } from "./client/talk.ts";
import { Broken } from "./invariants/invariant.ts";
import { Senders } from "./senders/sender.ts";
import { makeTenants, TAGS } from "./server/tenants.ts";
import { TROUBLE_NAMES, TROUBLES, type TroubleName } from "./troubles.ts";
import { World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** After that nothing may be left of what was accepted: the longest that an event may be held, twice, and the way there. */
const HEALED_MS = 45 * MINUTE;
const STEPS_A_LOOK = 20;
/** For what should not happen any more. */
const AFTERMATH_MS = MINUTE;

export interface Ran {
  seed: number;
  steps: number;
  simulatedMs: number;
  counts: Record<string, number>;
  broken: { promise: number; message: string } | null;
  timeline: string[];
}

/** `keep`: the timeline is told also where nothing broke. */
export async function runSeed(seed: number, { keep = false } = {}): Promise<Ran> {
  const ran = await liveOnce(seed, keep);
  if (ran.broken === null || keep) return ran;
  // To tell a story costs more than most of what it tells. A seed is the same world each time: only one that broke is told, anew.
  const { broken, timeline } = await liveOnce(seed, true);
  const same = broken?.message === ran.broken.message;
  // Code that draws by itself, as some mutants do, makes another one.
  return { ...ran, timeline: same ? timeline : [...timeline, "(lived once more, it went another way)"] };
}

async function liveOnce(seed: number, told: boolean): Promise<Ran> {
  const world = new World(seed, { told });
  let broken: Ran["broken"] = null;
  try {
    await new Run(world).live();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    broken = { promise: error.promise, message: error.message };
  }
  const { steps, time, counts, timeline } = world;
  return {
    seed,
    steps,
    simulatedMs: time.now,
    counts: Object.fromEntries(counts),
    broken,
    timeline: timeline.lines(),
  };
}

class Run {
  readonly #world: World;
  readonly #senders: Senders;
  readonly #seats: Seat[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#senders = new Senders(world);
  }

  async live(): Promise<void> {
    const { chance } = this.#world;
    await this.#begin();
    this.#takeSeats();
    seatClawback(this.#world, this.#seats);
    const chaosMs = chance.between(1, chance.of([3, 6, 12])) * MINUTE;
    this.#planArrivals(chaosMs);
    this.#planTroubles(chaosMs);
    await this.#world.passes(chaosMs);
    this.#heal();
    await this.#endsAll(() => this.#webhooksLeft());
    // Messages may wait for who takes them: others were served beside them.
    this.#takeSeatsOfHealed(true);
    await this.#endsAll(() => this.#messagesLeft());
    await this.#world.passes(AFTERMATH_MS);
    this.#world.judgeTheEnd();
  }

  /** The server comes up for the first time, and its accounts are made, before anything goes wrong. */
  async #begin(): Promise<void> {
    const { server, secrets } = this.#world;
    server.start();
    await this.#world.passes(MINUTE, () => server.up !== null);
    const process = server.up;
    if (process === null) throw new Error("the server does not start");
    void makeTenants(process, secrets).then((tenants) => {
      this.#world.tenants = tenants;
    });
    await this.#world.passes(MINUTE, () => this.#world.tenants.length > 0);
    this.#world.keeper.begins(this.#world.tenants);
    void this.#world.owner.makesCrons();
    void this.#world.operator.choosesPolicies();
  }

  #takeSeats(): void {
    const { chance, tenants, time, keeper } = this.#world;
    const count = chance.whole(2, 4);
    for (let n = 1; n <= count; n++) {
      const tenant = tenants[n === 2 || chance.one(0.15) ? 1 : 0];
      if (tenant === undefined) throw new Error("there are two accounts");
      const kind = chance.weighted<ClientKind>({ claude: 10, bare: 2, other: 2, headless: 1 });
      const channel = chance.one(0.5);
      const seat = new Seat(this.#world, {
        name: `c${n}`,
        kind,
        account: tenant.id,
        tag: chance.of(TAGS),
        messaging: chance.one(0.8),
        channel,
      });
      this.#seats.push(seat);
      const { account, name, tag } = seat.options;
      if (chance.one(0.25)) void keeper.equips(account, name, tag);
      time.after(chance.between(0, 20 * SECOND), () => seat.start(false));
    }
  }

  #planArrivals(chaosMs: number): void {
    const { chance, time, tenants } = this.#world;
    const count = chance.whole(3, 14);
    // Some come together.
    let at = 0;
    for (let n = 0; n < count; n++) {
      if (n === 0 || chance.one(0.6)) at = chance.between(0, chaosMs);
      time.after(at, () => {
        const tenant = chance.one(0.75) ? tenants[0] : tenants[1];
        const seats = this.#seats.filter(({ options }) => options.account === tenant?.id);
        const tag = seats.length > 0 && chance.one(0.85) ? chance.of(seats).options.tag : chance.of(TAGS);
        const priority = chance.weighted({ normal: 7, priority: 2, interrupt: 1 });
        if (tenant === undefined) return;
        // Several sources of a lane, or one of them, have much at once.
        const many = priority !== "interrupt" && chance.one(0.15) ? chance.whole(3, 8) : 1;
        for (let i = 0; i < many; i++) this.#senders.send(tenant, laneOfTag(tag), priority);
        // While it is being worked on, mostly.
        if (chance.one(0.25))
          time.after(chance.between(500, 15_000), () =>
            this.#senders.send(tenant, laneOfTag(tag), "interrupt"),
          );
      });
    }
  }

  #planTroubles(chaosMs: number): void {
    const { chance, time } = this.#world;
    const share = chance.between(0.15, 0.8);
    const mine = TROUBLE_NAMES.filter(() => chance.one(share));
    const everyMs = chance.of([8 * SECOND, 20 * SECOND, MINUTE]);
    const next = () => {
      if (this.#world.healed || mine.length === 0) return;
      this.#happens(chance.of(mine));
      time.after(chance.around(everyMs), next);
    };
    time.after(Math.min(chance.around(everyMs), chaosMs), next);
  }

  #happens(name: TroubleName): void {
    this.#world.tell("TROUBLE", name);
    if (TROUBLES[name](this.#world, this.#seats)) this.#world.count(name);
  }

  #heal(): void {
    const world = this.#world;
    world.tell("HEALED", "all is well from here on");
    world.healed = true;
    world.network.blackHole = false;
    world.network.slowness = 1;
    for (const wire of [...world.network.wires, ...world.network.sockets]) wire.thaw();
    world.disk.failing = "nothing";
    world.disk.slow = false;
    world.desk.files.full = false;
    // A retry waits for a time of the wall clock: set back by hours, it would have us wait for hours.
    world.server.wall.offset = world.server.latestWall;
    world.server.start();
    world.server.clockIn();
    void world.operator.frees();
    for (const { clients } of this.#seats) for (const { conversation } of clients) conversation.escape();
    this.#takeSeatsOfHealed(false);
    for (const seat of this.#seats) world.time.after(SECOND, () => seat.start(true));
    // What the jump to here has missed still fires.
    world.time.after(2 * MINUTE, () => void world.owner.deletesAll());
  }

  /** For each lane somebody who works, whatever became of the others. `messaging`: who takes messages, too. */
  #takeSeatsOfHealed(messaging: boolean): void {
    const world = this.#world;
    const { tenants, chance, delivery } = world;
    for (const tenant of tenants) {
      for (const tag of [...TAGS, NOBODY_THERE]) {
        if (!this.#isWanted(tenant.id, laneOfTag(tag))) continue;
        const seat = new Seat(world, {
          name: `h${tenants.indexOf(tenant)}${tag ?? ""}${messaging ? "m" : ""}`,
          kind: "claude",
          account: tenant.id,
          tag,
          messaging: messaging || chance.one(0.7),
          channel: delivery === "channel",
        });
        this.#seats.push(seat);
        seat.start(false);
      }
    }
  }

  /** Something waits there, or may still come. */
  #isWanted(account: string, lane: string): boolean {
    const open = [...this.#world.disk.rows.events.values()].some(
      ({ seen, keys }) =>
        seen.facts.account === account && seen.facts.lane === lane && !ENDED.includes(keys.state),
    );
    return open || !this.#senders.idle || this.#world.owner.owns(account, lane);
  }

  async #endsAll(left: () => Generator<string, void>): Promise<void> {
    let looks = 0;
    // It goes through all events: not at every step.
    await this.#world.passes(HEALED_MS, () => looks++ % STEPS_A_LOOK === 0 && left().next().done === true);
    const rest = [...left()];
    if (rest.length > 0) throw new Broken(4, `left after all was well for long: ${rest.join(", ")}`);
  }

  *#webhooksLeft(): Generator<string, void> {
    if (!this.#senders.idle || !this.#world.owner.done) yield "what senders and crons mean to send";
    for (const id of this.#senders.accepted.keys()) yield* this.#leftOf(id);
    for (const { seen } of this.#world.disk.rows.events.values()) {
      const { id, origin, details } = seen.facts;
      const isOther = (details?.copyOf ?? details?.replayOf) !== undefined && origin !== "message";
      if (origin === "cron" || isOther) yield* this.#leftOf(id);
    }
  }

  /** Also those whose sender was not told. */
  *#messagesLeft(): Generator<string, void> {
    for (const id of this.#world.messages) yield* this.#leftOf(id);
    for (const { seen } of this.#world.disk.rows.events.values())
      if (seen.facts.origin === "message") yield* this.#leftOf(seen.facts.id);
  }

  #leftOf(id: string): string[] {
    const { events, removed } = this.#world.disk.rows;
    const state = (events.get(id) ?? removed.get(id))?.keys.state ?? "lost";
    return ENDED.includes(state as never) ? [] : [`${id} is ${state}`];
  }
}
