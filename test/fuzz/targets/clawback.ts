/** What a client of Clawback's wire says: frames, right and wrong, in any order, against a whole server without a network. */
import type { Log } from "../../../src/services/log.ts";
import { type FakeWire, opened, type Rig } from "../../clawback/rig.ts";
import { Box } from "../../world/box.ts";
import { settle } from "../../world/simulated-clock.ts";
import { bytesOf, hold, holdQuiet, isObject, jsonOf, type Subject, type Target } from "../target.ts";
import { sequenceOf } from "./sequence.ts";

/** Stands for the delivery that the client was last given. */
const ID = "evt_01k00000000000000000000001.1";
/** Stands for the token, which no file of the corpus can know. */
const TOKEN = "cbt_TOKEN";
const auth = { type: "auth", token: TOKEN };
const requestId = "r1";

const FRAMES: readonly (readonly unknown[])[] = [
  [
    { say: auth },
    { arrives: "" },
    { say: { type: "ack", eventId: ID, summary: "merged" } },
    { say: { type: "ack", eventId: ID, summary: "again" } },
  ],
  [
    { say: { ...auth, sessionTag: "deploys" } },
    { arrives: "deploys" },
    { pass: 300_000 },
    { say: { type: "ack", eventId: ID, summary: "Timed out" } },
    { end: true },
    { say: { ...auth, sessionTag: "deploys" } },
  ],
  [
    { say: auth },
    {
      say: {
        type: "cron_create",
        requestId,
        schedule: "0 9 * * *",
        prompt: "/x",
        label: "l",
        sessionTag: "t",
      },
    },
    { say: { type: "cron_list", requestId } },
    { say: { type: "cron_delete", requestId, cronId: "cron_01k00000000000000000000001" } },
    { say: { type: "event_history", requestId, limit: 5 } },
  ],
  [
    { say: auth },
    {
      say: {
        type: "source_create",
        requestId,
        slug: "gh",
        verifierType: "github",
        secret: "s",
        routes: { "*": "/x" },
        eventType: { header: "X-GitHub-Event", body: "a.b", action: "action" },
        priority: "priority",
      },
    },
    { say: { type: "source_list", requestId } },
    { say: { type: "source_delete", requestId, sourceId: "src_01k00000000000000000000001" } },
  ],
  [
    { say: auth },
    { say: { type: "account_info", requestId } },
    {
      say: {
        type: "session_send",
        requestId,
        targets: ["deploys", "*"],
        content: "hi",
        priority: "interrupt",
      },
    },
    { say: { type: "session_list", requestId } },
    { say: { type: "token_create", requestId, label: "l" } },
    { say: { type: "token_list", requestId } },
  ],
  [{ arrives: "" }, { say: auth }, { say: { type: "pong" } }, { end: false }, { say: auth }, { text: "{" }],
];

export const clawback: Target = {
  name: "clawback",
  promise:
    "whatever a client of Clawback's wire says is answered, or its link is ended with a reason, and other sessions go on",
  async open() {
    let judged = 0;
    let world = await World.start();
    const subject: Subject = {
      generate: (chance) => bytesOf(sequenceOf(FRAMES, chance)),
      async judge(input) {
        const acts = jsonOf(input);
        if (!Array.isArray(acts)) return;
        await world.perform(acts.slice(0, 100));
        if (++judged % 20 === 0) await world.goesOn(judged);
        // Another world now and then: what has heaped up in one is not what is asked here.
        if (judged % 200 !== 0) return;
        await world.end();
        world = await World.start();
      },
      close: () => world.end(),
    };
    return subject;
  },
};

class World {
  readonly #rig: Rig;
  readonly #errors: string[];

  private constructor(rig: Rig, errors: string[]) {
    this.#rig = rig;
    this.#errors = errors;
  }

  static async start(): Promise<World> {
    const errors: string[] = [];
    const error: Log["error"] = (fields, message) => errors.push(`${message} ${JSON.stringify(fields)}`);
    const log = { debug() {}, info() {}, warn() {}, error };
    return new World(await opened(await Box.start({ log }), log), errors);
  }

  end(): Promise<void> {
    return this.#rig.box.kill();
  }

  async perform(acts: readonly unknown[]): Promise<void> {
    let wire = this.#rig.wire();
    const all = [wire];
    for (const act of acts) {
      if (!isObject(act)) continue;
      if (typeof act.end === "boolean") {
        wire.ends(act.end);
        wire = this.#rig.wire();
        all.push(wire);
      } else await this.#act(act, wire);
    }
    for (const one of all) {
      one.ends(false);
      holdWell(one);
    }
    await settle();
    hold(this.#errors.length === 0, `the log says ${this.#errors[0]}`);
  }

  async #act(act: Record<string, unknown>, wire: FakeWire): Promise<void> {
    if (typeof act.arrives === "string") {
      const isTag = /^[a-z0-9][a-z0-9._-]{0,63}$/.test(act.arrives);
      await this.#rig.box.arrives({ lane: isTag ? `tag:${act.arrives}` : "tag:" });
    } else if (typeof act.pass === "number") {
      await this.#rig.box.clock.pass(Math.round(Math.min(Math.max(0, act.pass), 400_000)));
    } else if (typeof act.text === "string") wire.says(act.text);
    else if ("say" in act) {
      const last = wire.events.at(-1) ?? ID;
      const text = JSON.stringify(act.say) ?? "null";
      wire.says(text.replaceAll(ID, last).replaceAll(TOKEN, this.#rig.token));
    }
    await settle();
  }

  /** A session of its own, in a lane of its own, is served as ever. */
  async goesOn(n: number): Promise<void> {
    const wire = await this.#rig.client(`good-${n}`);
    const id = await this.#rig.box.arrives({ lane: `tag:good-${n}` });
    await settle();
    await wire.acks(`${id}.1`);
    hold((await this.#rig.box.state(id)) === "acked", "a good session's ack does not count");
    wire.ends(true);
    await settle();
  }
}

/** One at a time; every answer has its form, and tells nothing of the inside. */
function holdWell({ heard, closed }: FakeWire): void {
  for (const frame of heard) {
    hold(
      ["auth_ok", "ping", "event", "response"].includes(frame.type),
      `a frame that its plugin does not know: ${frame.type}`,
    );
    if (frame.type === "response") hold(typeof frame.requestId === "string" && "data" in frame, "no form");
    if (frame.error !== undefined) {
      holdQuiet(String(frame.error));
      hold(!/its log says more/i.test(String(frame.error)), "a bug behind an answer");
    }
  }
  if (closed === null) return;
  hold(closed.reason !== "", "a link is ended without a reason");
  hold(!closed.reason.startsWith("internal"), "a bug behind the end of a link");
  holdQuiet(closed.reason);
}
