/** The server without its edges, on a simulated clock and a real store. */
import type { Cipher } from "../../src/config/cipher.ts";
import type { Origin } from "../../src/domain/event.ts";
import type { EventDetails } from "../../src/domain/event-details.ts";
import type { Limits } from "../../src/domain/machines/limits.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import type { Arrival } from "../../src/services/events.ts";
import type {
  DeliveryRef,
  Handover,
  LiveSession,
  PluginLink,
  Presence,
} from "../../src/services/live-session.ts";
import type { Log } from "../../src/services/log.ts";
import type { Introduction, Welcomed } from "../../src/services/reception.ts";
import { type Signalbox, signalbox } from "../../src/signalbox.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { seededRandom } from "./seeded-random.ts";
import { SimulatedClock, settle } from "./simulated-clock.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

export const LIMITS: Limits = {
  surfaceMs: 10 * SECOND,
  takeMs: 2 * MINUTE,
  remindMs: 2 * MINUTE,
  timeoutMs: 5 * MINUTE,
  blindTimeoutMs: 30 * MINUTE,
  toolMs: 15 * MINUTE,
  holdMs: 60 * MINUTE,
  graceMs: MINUTE,
  retryMs: MINUTE,
  maxAttempts: 3,
};

const DAY = 24 * 60 * MINUTE;
export const KEEPING = { retentionMs: 30 * DAY, dedupMs: 7 * DAY };

const plainCipher: Cipher = { seal: (secret) => secret, open: (sealed) => sealed };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export class Box {
  readonly clock: SimulatedClock;
  readonly store: Store;
  readonly box: Signalbox;

  private constructor(clock: SimulatedClock, store: Store, box: Signalbox) {
    this.clock = clock;
    this.store = store;
    this.box = box;
  }

  /** On a file, so that another start finds it again; in memory without. */
  static async start(
    options: { path?: string; clock?: SimulatedClock; wrap?: (store: Store) => Store; log?: Log } = {},
  ): Promise<Box> {
    const clock = options.clock ?? new SimulatedClock();
    const opened = await openSqliteStore({ path: options.path ?? ":memory:" });
    const store = options.wrap?.(opened) ?? opened;
    const box = await signalbox({
      store,
      clock,
      random: seededRandom(1),
      cipher: plainCipher,
      log: options.log ?? quiet,
      limits: LIMITS,
      keeping: KEEPING,
      publicUrl: () => "http://127.0.0.1:4400",
      timezone: "UTC",
    });
    await settle();
    return new Box(clock, store, box);
  }

  /** Stops without a farewell, as `kill -9` does for all that is not yet stored. */
  async kill(): Promise<void> {
    await this.box.stop();
    await this.store.close();
  }

  /** A webhook, accepted; its id. */
  async arrives(
    options: Pick<Arrival, "coalesce" | "timing"> & {
      lane?: string;
      priority?: "normal" | "priority" | "interrupt";
      deliveryId?: string;
      fanout?: "all";
      details?: EventDetails;
      payload?: string;
      origin?: Origin;
      sourceId?: string;
    } = {},
  ): Promise<string> {
    const accepted = await this.box.events.accept({
      facts: {
        account: this.box.account.id,
        lane: options.lane ?? "tag:",
        origin: options.origin ?? "webhook",
        priority: options.priority ?? "normal",
        from: "github",
        sourceId: options.sourceId ?? null,
        type: "push",
        verifiedBy: "github",
        deliveryId: options.deliveryId ?? null,
        details: options.details ?? null,
      },
      routed: { kind: "routed", prompt: null },
      contentType: "application/json",
      payload: options.payload ?? '{"a":1}',
      coalesce: options.coalesce ?? null,
      timing: options.timing ?? null,
      fanout: options.fanout ?? null,
    });
    await settle();
    return accepted.id;
  }

  async state(id: string): Promise<string> {
    const [info] = (await this.box.events.list(this.box.account.id, [], null, 500)).filter(
      ({ facts }) => facts.id === id,
    );
    const record = info ?? (await this.box.events.find(this.box.account.id, id));
    return typeof record.actor.value === "string"
      ? record.actor.value
      : (Object.keys(record.actor.value)[0] ?? "");
  }

  async record(id: string) {
    return this.box.events.find(this.box.account.id, id);
  }

  async sessionState(id: string): Promise<string> {
    const record = await this.store.session(this.box.account.id, id);
    return typeof record?.actor.value === "string" ? record.actor.value : "none";
  }

  plugin(options: PluginOptions = {}): TestPlugin {
    return new TestPlugin(this, options);
  }
}

interface PluginOptions {
  session?: string;
  instance?: string;
  lane?: string;
  hooks?: boolean;
  /** Answers pings. */
  answers?: boolean;
  /** What is sent to it comes through. */
  hears?: boolean;
}

/** What a plugin would say and hear, without a wire. */
export class TestPlugin implements PluginLink {
  readonly shown: Handover[] = [];
  readonly recalled: { of: DeliveryRef; reason: string }[] = [];
  readonly reminded: DeliveryRef[] = [];
  gone = false;
  welcomed: Welcomed | null = null;
  #seated: Promise<LiveSession> = new Promise(() => {});
  readonly #box: Box;
  readonly #options: Required<PluginOptions>;

  constructor(box: Box, options: PluginOptions) {
    this.#box = box;
    this.#options = {
      session: "s1",
      instance: "instance-1",
      lane: "tag:",
      hooks: true,
      answers: true,
      hears: true,
      ...options,
    };
  }

  async connect(more: Partial<Introduction> & { ready?: boolean } = {}): Promise<this> {
    const { ready = true, ...rest } = more;
    const { session, instance, lane } = this.#options;
    const welcomed = this.#box.box.reception.connect(
      {
        account: this.#box.box.account.id,
        session,
        instance,
        lane,
        client: "test",
        entrypoint: "cli",
        project: "shop",
        pluginVersion: "0",
        messaging: true,
        inHand: null,
        unconfirmed: [],
        presence: this.presence({}),
        ...rest,
      },
      this,
    );
    // What is sent to it may come before its welcome.
    this.#seated = welcomed.then(({ live }) => live);
    this.#seated.catch(() => {});
    this.welcomed = await welcomed;
    this.gone = false;
    this.#box.box.sessions.greeted(this.live, this.presence({ ready }));
    await settle();
    return this;
  }

  get live(): LiveSession {
    if (this.welcomed === null) throw new Error("this plugin is not connected");
    return this.welcomed.live;
  }

  get last(): Handover {
    const last = this.shown.at(-1);
    if (last === undefined) throw new Error("nothing was delivered");
    return last;
  }

  presence(more: Partial<Presence>): Presence {
    const { hooks } = this.#options;
    const idle = { busy: false, toolRunning: false, ready: true };
    return { ...idle, waiter: true, hooks, interruptible: hooks, way: "wake", ...more };
  }

  async says(more: Partial<Presence>, life = true): Promise<void> {
    this.#box.box.sessions.presence(this.live, this.presence(more), life);
    await settle();
  }

  async surfaced(way: "channel" | "wake" = "channel", of: DeliveryRef = this.last): Promise<void> {
    this.#box.box.sessions.surfaced(this.live, of, way);
    await settle();
  }

  async taken(of: DeliveryRef = this.last): Promise<void> {
    this.#box.box.sessions.taken(this.live, of);
    await settle();
  }

  async acks(
    of: DeliveryRef = this.last,
    more: { outcome?: "done" | "failed" | "retry"; retryAfterMs?: number; ready?: boolean } = {},
  ) {
    const { outcome = "done", retryAfterMs = null, ready = true } = more;
    const answer = await this.#box.box.sessions.ack(
      this.live,
      { of: { eventId: of.eventId, delivery: of.delivery }, outcome, summary: "did it", retryAfterMs },
      ready,
    );
    await settle();
    return answer;
  }

  async loses(): Promise<void> {
    this.#box.box.sessions.disconnect(this.live);
    await settle();
  }

  deliver(handover: Handover): void {
    if (!this.#options.hears) return;
    this.shown.push(handover);
    const { eventId, delivery } = handover;
    void this.#seated.then((live) => this.#box.box.sessions.held(live, { eventId, delivery }));
  }

  recall(of: DeliveryRef, reason: "interrupted" | "withdrawn" | "timed_out"): void {
    this.recalled.push({ of, reason });
  }

  remind(of: DeliveryRef): void {
    this.reminded.push(of);
  }

  ping(): Promise<boolean> {
    return Promise.resolve(this.#options.answers);
  }

  takenOver(): void {
    this.gone = true;
  }

  failed(): void {
    this.#box.box.sessions.disconnect(this.live);
  }
}
