/**
 * Random schedules of arrivals, acks, silences, breaks and restarts against the host, services and store as they are; the
 * promises are checked after every step. A failing run prints its seed and shrinks to the shortest schedule.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventState } from "../../src/domain/event.ts";
import { compare } from "../../src/domain/order.ts";
import { eventKeys } from "../../src/store/keys.ts";
import { Box, MINUTE, SECOND, type TestPlugin } from "../world/box.ts";

const LANES = ["tag:", "tag:deploys"];
const SESSIONS = [0, 1, 2];

type Act =
  | { kind: "arrives"; lane: number; priority: "normal" | "priority" | "interrupt" }
  | { kind: "connects"; session: number; fresh: boolean }
  | { kind: "loses" | "surfaces" | "takes" | "works" | "acks" | "acksOld" | "dies"; session: number }
  | { kind: "fails" | "retries"; session: number }
  | { kind: "passes"; ms: number }
  | { kind: "restarts" };

const session = fc.constantFrom(...SESSIONS);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("arrives" as const),
      lane: fc.constantFrom(0, 1),
      priority: fc.constantFrom(
        "normal" as const,
        "normal" as const,
        "priority" as const,
        "interrupt" as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("connects" as const), session, fresh: fc.boolean() }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "loses" as const,
        "surfaces" as const,
        "takes" as const,
        "works" as const,
        "acks" as const,
        "acks" as const,
        "acksOld" as const,
        "dies" as const,
      ),
      session,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("fails" as const, "retries" as const), session }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("passes" as const),
      ms: fc.constantFrom(5 * SECOND, 30 * SECOND, 90 * SECOND, 6 * MINUTE),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "restarts" as const }) },
);

/** One run: the box, whoever is connected, and what was promised so far. */
class Run {
  readonly #path: string;
  box: Box;
  readonly #plugins = new Map<number, TestPlugin>();
  readonly #instances = new Map<number, number>();
  readonly accepted: string[] = [];
  readonly acked = new Set<string>();

  constructor(path: string, box: Box) {
    this.#path = path;
    this.box = box;
  }

  async does(act: Act): Promise<void> {
    switch (act.kind) {
      case "arrives":
        this.accepted.push(
          await this.box.arrives({ lane: LANES[act.lane] ?? "tag:", priority: act.priority }),
        );
        return;
      case "connects":
        return this.#connects(act.session, act.fresh);
      case "passes":
        return this.box.clock.pass(act.ms);
      case "restarts":
        this.#plugins.clear();
        await this.box.kill();
        this.box.clock.jump(20 * MINUTE);
        this.box = await Box.start({ path: this.#path, clock: this.box.clock });
        return;
      default: {
        const plugin = this.#plugins.get(act.session);
        if (plugin !== undefined) await this.#plugin(act.kind, act.session, plugin);
      }
    }
  }

  async #connects(session: number, fresh: boolean): Promise<void> {
    const instance = (this.#instances.get(session) ?? 0) + (fresh ? 1 : 0);
    this.#instances.set(session, instance);
    const before = this.#plugins.get(session);
    const plugin = this.box.plugin({
      session: `s${session}`,
      instance: `instance-${session}-${instance}`,
      lane: LANES[session % 2] ?? "tag:",
      answers: false,
    });
    const last = fresh ? undefined : before?.shown.at(-1);
    this.#plugins.set(
      session,
      await plugin.connect({
        inHand: last === undefined ? null : { eventId: last.eventId, delivery: last.delivery },
      }),
    );
    // The same process remembers what it was shown.
    if (last !== undefined && plugin.shown.length === 0) plugin.shown.push(last);
  }

  async #plugin(
    kind: Extract<Act, { session: number }>["kind"],
    session: number,
    plugin: TestPlugin,
  ): Promise<void> {
    const last = plugin.shown.at(-1);
    if (kind === "loses" || kind === "dies") {
      await plugin.loses();
      this.#plugins.delete(session);
    } else if (kind === "works") {
      await plugin.says({ busy: true, ready: last === undefined });
    } else if (last !== undefined) {
      if (kind === "surfaces") await plugin.surfaced("channel");
      if (kind === "takes") await plugin.taken();
      if (kind === "acks") await this.#acks(plugin, last, "done");
      if (kind === "fails") await this.#acks(plugin, last, "failed");
      if (kind === "retries") await this.#acks(plugin, last, "retry");
      const first = plugin.shown[0];
      if (kind === "acksOld" && first !== undefined) await this.#acks(plugin, first, "done");
    }
  }

  async #acks(
    plugin: TestPlugin,
    of: { eventId: string; delivery: number },
    outcome: "done" | "failed" | "retry",
  ): Promise<void> {
    const { status } = await plugin.acks(of, { outcome });
    if (status !== "settled") return;
    // Promise 4: an ack is committed once.
    expect(this.acked.has(of.eventId)).toBe(false);
    if (outcome === "done") this.acked.add(of.eventId);
  }

  async check(): Promise<void> {
    const records = await Promise.all(this.accepted.map((id) => this.box.record(id)));
    const claims = records.filter(({ actor }) => actor.context.claim !== null);
    // Promise 2: one event a session, one session an event, and a claim exactly where the state says so.
    const holders = claims.map(({ actor }) => actor.context.claim?.session);
    expect(new Set(holders).size).toBe(holders.length);
    for (const record of records) {
      const inHand = ["dispatching", "delivered"].includes(eventState(record));
      expect(record.actor.context.claim !== null).toBe(inHand);
      // Promise 7: whatever is in hand has a deadline.
      if (inHand) expect(record.actor.timers.length).toBeGreaterThan(0);
      // Promise 4: an acked event stays acked.
      if (this.acked.has(record.facts.id)) expect(eventState(record)).toBe("acked");
      if (eventState(record) === "acked") expect(this.acked.has(record.facts.id)).toBe(true);
      // Promise 14: only attempts or a failure lead to the dead letters.
      const { attempts, outcome } = record.actor.context;
      if (eventState(record) === "dead") expect(outcome === "failed" || attempts >= 3).toBe(true);
    }
    // Promise 3: the store's order is the order of (band, seq).
    for (const lane of LANES) {
      const heads = await this.box.store.heads(this.box.box.account.id, lane, 100);
      const places = heads.map((record) => ({ band: eventKeys(record).band, seq: record.seq }));
      expect(places).toEqual([...places].sort(compare));
    }
  }

  /** Everything that was accepted comes to an end, once somebody works. */
  async drain(): Promise<void> {
    for (let round = 0; round < 20 * (this.accepted.length + 1); round++) {
      const open = (await Promise.all(this.accepted.map((id) => this.box.state(id)))).filter(
        (state) => state !== "acked" && state !== "dead",
      );
      if (open.length === 0) return;
      for (const worker of SESSIONS.slice(0, 2)) {
        if (!this.#plugins.has(worker)) await this.does({ kind: "connects", session: worker, fresh: true });
        const plugin = this.#plugins.get(worker);
        await plugin?.says({ ready: true });
        const last = plugin?.shown.at(-1);
        if (plugin !== undefined && last !== undefined) await this.#acks(plugin, last, "done");
      }
      await this.box.clock.pass(MINUTE);
      await this.check();
    }
    throw new Error("events are left that nobody can bring to an end");
  }
}

test("whatever happens, no event is lost, doubled, or in two hands, and every one comes to an end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 40 }), async (acts) => {
      const folder = mkdtempSync(join(tmpdir(), "signalbox-"));
      const path = join(folder, "signalbox.db");
      const run = new Run(path, await Box.start({ path }));
      try {
        for (const act of acts) {
          await run.does(act);
          await run.check();
        }
        await run.drain();
      } finally {
        await run.box.kill();
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
