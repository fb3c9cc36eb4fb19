/**
 * A whole world in one process: the real server and real plugins on simulated time, network, disk, clients and senders.
 * All of it comes from one seed. Whatever happens is told to the timeline and to the invariants.
 */
import type { Configuration } from "../../plugin/src/core/configuration.ts";
import type { EventRecord } from "../../src/domain/event.ts";
import type { Limits } from "../../src/domain/machines/limits.ts";
import type { Keeping } from "../../src/services/retention.ts";
import { Ambush } from "./ambush.ts";
import { Chance } from "./chance.ts";
import type { ClawbackSeat } from "./clawback/seat.ts";
import type { Mood } from "./client/claude.ts";
import type { Client, ClientKind } from "./client/client.ts";
import { Desk } from "./client/desk.ts";
import { Disk } from "./disk/disk.ts";
import type { Happening } from "./happening.ts";
import { INVARIANTS } from "./invariants/index.ts";
import { Broken, type Invariant } from "./invariants/invariant.ts";
import { Network } from "./network/network.ts";
import { Operator } from "./operator.ts";
import { Owner } from "./owner.ts";
import { Supervisor } from "./server/supervisor.ts";
import type { Tenant } from "./server/tenants.ts";
import { SessionsSeen } from "./sessions-seen.ts";
import { storyOf } from "./story.ts";
import { Stopwatch } from "./time/stopwatch.ts";
import { Time } from "./time/time.ts";
import { Timeline } from "./timeline.ts";
import { Keeper } from "./tokens/keeper.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Wall clock of the first moment. */
const STARTS_AT = Date.UTC(2026, 0, 1);

/** In the proportions of the defaults, but shorter, so that a run sees them all. */
export const LIMITS: Limits = {
  surfaceMs: 10 * SECOND,
  takeMs: MINUTE,
  remindMs: 75 * SECOND,
  timeoutMs: 150 * SECOND,
  blindTimeoutMs: 6 * MINUTE,
  toolMs: 5 * MINUTE,
  holdMs: 12 * MINUTE,
  graceMs: 45 * SECOND,
  retryMs: 30 * SECOND,
  maxAttempts: 3,
};

const KEEPING: readonly Keeping[] = [
  { retentionMs: 1.5 * MINUTE, dedupMs: 4 * MINUTE },
  { retentionMs: 5 * MINUTE, dedupMs: 3 * MINUTE },
];

export class World {
  readonly seed: number;
  readonly time = new Time();
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly network: Network;
  readonly disk: Disk;
  readonly desk: Desk;
  readonly server: Supervisor;
  readonly owner: Owner;
  readonly operator: Operator;
  readonly keeper: Keeper;
  readonly ambush = new Ambush(this);
  readonly sessions = new SessionsSeen(this);
  /** Runs while the server is up: nothing that it measures may end sooner. */
  readonly serverTime = new Stopwatch(this.time);
  /** Runs while its disk is well, too: what it measures must end by this. */
  readonly uptime = new Stopwatch(this.time);
  readonly counts = new Map<string, number>();
  readonly limits = LIMITS;
  /** How long what has ended is kept: shorter than a delivery must be known, or longer. */
  readonly keeping: Keeping;
  tenants: readonly Tenant[] = [];
  clawbacks: readonly ClawbackSeat[] = [];
  /** What must stand in no log and no record. */
  readonly secrets: string[] = [];
  /** Trouble is over, and everybody does as he should. */
  healed = false;
  broken: Broken | null = null;
  steps = 0;
  readonly #invariants: readonly Invariant[];
  readonly #moods = new Map<string, Mood>();
  readonly #aliases = new Map<string, string>();
  /** As everybody here has configured it. */
  readonly delivery: Configuration["delivery"];
  /** What session_send has said to be stored. */
  readonly messages = new Set<string>();
  /** Whoever is sent a message answers it. */
  readonly chatty: boolean;
  readonly #told: boolean;
  #conversations = 0;
  #messages = 0;

  /** `told`: with a timeline, which changes nothing but costs its time. */
  constructor(seed: number, { told = false } = {}) {
    this.seed = seed;
    this.#told = told;
    this.chance = new Chance(seed);
    this.keeping = this.chance.of(KEEPING);
    this.delivery = this.chance.weighted({ auto: 7, channel: 1, wake: 2 });
    this.chatty = this.chance.one(0.7);
    this.network = new Network(this.time, this.chance, {
      serverSaid: (wire, frame) => this.witness({ kind: "said", wire, frame }),
      serverHeard: (wire, frame) => this.witness({ kind: "heard", wire, frame }),
      pluginHeard: () => {},
      serverLost: (wire) => this.witness({ kind: "lost", wire }),
    });
    this.disk = new Disk(this.chance, {
      eventWritten: (before, after, content) => {
        if (timedOut(before, after)) this.count("timed out");
        this.witness({ kind: "event", before, after, content });
      },
      sessionWritten: (before, after) => this.witness({ kind: "session", before, after }),
      kept: (what, before) => {
        this.count(what);
        this.witness({ kind: "kept", what, before });
      },
      cronWritten: (before, after) => this.witness({ kind: "cron", before, after }),
    });
    this.desk = new Desk(this.time, this.chance, (path, text) => this.witness({ kind: "file", path, text }));
    this.desk.wall.offset = STARTS_AT + this.chance.between(-5_000, 5_000);
    this.operator = new Operator(this);
    this.keeper = new Keeper(this);
    this.server = new Supervisor(this, { offset: STARTS_AT });
    this.owner = new Owner(this);
    this.#invariants = INVARIANTS.map((make) => make(this));
  }

  /** Lets time pass; throws as soon as a promise is broken. */
  async passes(ms: number, until: () => boolean = () => false): Promise<void> {
    await this.time.pass(this.time.now + ms, {
      goesOn: () => this.broken === null && !until(),
      stepped: () => {
        this.steps += 1;
        this.#judge((invariant) => invariant.stepped?.());
      },
    });
    if (this.broken !== null) throw this.broken;
  }

  /** Kept until the step is done: who caused it must not be able to catch it. */
  witness(happening: Happening): void {
    if (this.#told) {
      const story = storyOf(happening);
      if (story !== null) this.tell(story.who, story.what);
    }
    this.sessions.sees(happening);
    this.#judge((invariant) => invariant.sees(happening));
    this.keeper.sees(happening);
    this.ambush.sees(happening);
  }

  judgeTheEnd(): void {
    this.#judge((invariant) => invariant.atEnd?.());
    if (this.broken !== null) throw this.broken;
  }

  tell(who: string, what: string): void {
    if (!this.#told) return;
    this.timeline.tell(
      this.time.now,
      who,
      what.replace(/evt_[0-9a-z]{26}/g, (id) => this.#aliasOf(id)),
    );
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  nextConversation(): number {
    this.#conversations += 1;
    return this.#conversations;
  }

  /** Its number; those of webhooks are others. */
  nextMessage(): number {
    this.#messages += 1;
    return 100_000 + this.#messages;
  }

  moodOf({ options }: Client): Mood {
    if (this.healed) return "good";
    return this.#moods.get(options.name) ?? "good";
  }

  setMood(name: string, mood: Mood): void {
    this.#moods.set(name, mood);
  }

  tenant(account: string): Tenant {
    const found = this.tenants.find(({ id }) => id === account);
    if (found === undefined) throw new Error(`no account ${account}`);
    return found;
  }

  /** What `npm run connect` has written for this account. */
  configurationOf(
    account: string,
    kind: ClientKind,
    { tag, messaging, options }: { tag: string | null; messaging: boolean; options: { name: string } },
  ): Configuration {
    const { id, secret: token } = this.keeper.keyring.of(account, options.name);
    return {
      path: "/home/somebody/.claude/channels/signalbox/config.json",
      remote: "http://127.0.0.1:4401",
      token,
      session: tag,
      projects: {},
      delivery: kind === "other" ? "auto" : this.delivery,
      join: kind === "headless" ? "always" : "interactive",
      sessionMessaging: messaging,
      notifications: true,
      stateFolder: "/state",
      fingerprint: `of ${id}`,
      warnings: [],
    };
  }

  /** The first promise that is found broken ends it. */
  #judge(look: (invariant: Invariant) => void): void {
    if (this.broken !== null) return;
    try {
      for (const invariant of this.#invariants) look(invariant);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.broken = error;
      this.tell("BROKEN", `promise ${error.promise}: ${error.message}`);
    }
  }

  #aliasOf(id: string): string {
    const known = this.#aliases.get(id) ?? `e${this.#aliases.size + 1}`;
    this.#aliases.set(id, known);
    return known;
  }
}

/** This very write gives the event back, or up, for silence. */
function timedOut(before: EventRecord | null, { actor }: EventRecord): boolean {
  const { reason, attempts } = actor.context;
  return reason === "timed_out" && attempts > (before?.actor.context.attempts ?? 0);
}
