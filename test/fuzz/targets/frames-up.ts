/** What a plugin says: frames, right and wrong, in any order, against a whole server without a wire. */
import { create, fromBinary, fromJson, type JsonValue } from "@bufbuild/protobuf";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
} from "../../../proto/gen/signalbox/v1/link_pb.ts";
import type { Stream, StreamListener } from "../../../src/domain/ports/transport.ts";
import { Connection } from "../../../src/link/connection.ts";
import type { Log } from "../../../src/services/log.ts";
import { Box, MINUTE } from "../../world/box.ts";
import { settle } from "../../world/simulated-clock.ts";
import { bytesOf, hold, isObject, jsonOf, type Subject, type Target } from "../target.ts";
import { sequenceOf } from "./sequence.ts";

const ID = "evt_01k00000000000000000000001";
const of = { eventId: ID, delivery: 1 };
const presence = { ready: true, hooks: true, waiter: true, life: true, way: "WAY_WAKE" };
const hello = { protocol: 1, session: "s1", instance: "instance-1", client: "c", project: "shop", presence };

/** `ID` is the event that the session was last given. */
export const FRAMES_UP: readonly (readonly unknown[])[] = [
  [
    { say: { hello } },
    { arrives: "" },
    { say: { held: { of } } },
    { say: { surfaced: { of, way: "WAY_WAKE" } } },
    { say: { taken: { of } } },
    { say: { extend: { of, seconds: 600, waitingFor: "CI" } } },
    { say: { ack: { of, outcome: "OUTCOME_DONE", summary: "merged", ready: true } } },
  ],
  [
    { say: { hello: { ...hello, inHand: of, unconfirmed: [{ of, summary: "x" }], tag: "deploys" } } },
    { arrives: "deploys" },
    { pass: 15_000 },
    { say: { ack: { of, outcome: "OUTCOME_RETRY", retryAfterSeconds: 5 } } },
  ],
  [
    { say: { hello } },
    { arrives: "" },
    { say: { presence: { ...presence, turnLost: "TURN_LOST_ESCAPED", lost: of } } },
  ],
  [{ say: { hello } }, { say: { pong: { nonce: "1" } } }, { break: true }, { say: { hello } }],
  [{ bytes: "CgQIARIA" }, { say: { hello } }, { bytes: "Hg==" }],
];

class Wire implements Stream<ConnectRequest, ConnectResponse> {
  readonly heard: ConnectResponse["frame"][] = [];
  ended = false;
  #listener: StreamListener<ConnectRequest> | null = null;

  listen(listener: StreamListener<ConnectRequest>): void {
    this.#listener = listener;
  }
  send({ frame }: ConnectResponse): void {
    this.heard.push(frame);
  }
  end(): void {
    this.ended = true;
  }
  says(frame: ConnectRequest): void {
    this.#listener?.onFrame(frame);
  }
  breaks(): void {
    this.#listener?.onEnd({ clean: false, reason: "gone" });
  }
}

export const framesUp: Target = {
  name: "frames-up",
  promise: "whatever a plugin says is taken or refused with a code and a cure, and other sessions go on",
  async open() {
    let judged = 0;
    let world = await World.start();
    const subject: Subject = {
      generate: (chance) => bytesOf(sequenceOf(FRAMES_UP, chance)),
      async judge(input) {
        const acts = jsonOf(input);
        if (!Array.isArray(acts)) return;
        await world.perform(acts.slice(0, 200));
        if (++judged % 20 === 0) await world.goesOn(judged);
        // Another world now and then: what has heaped up in one is not what is asked here.
        if (judged % 500 !== 0) return;
        await world.end();
        world = await World.start();
      },
      close: () => world.end(),
    };
    return subject;
  },
};

class World {
  readonly #box: Box;
  readonly #secret: string;
  readonly #errors: string[];

  private constructor(box: Box, secret: string, errors: string[]) {
    this.#box = box;
    this.#secret = secret;
    this.#errors = errors;
  }

  static async start(): Promise<World> {
    const errors: string[] = [];
    const box = await Box.start({ log: logTo(errors) });
    const { secret } = await box.box.tokens.issue(box.box.account.id, "fuzz", "session", []);
    return new World(box, secret, errors);
  }

  async end(): Promise<void> {
    await this.#box.kill();
  }

  async perform(acts: unknown[]): Promise<void> {
    const wire = this.#connected();
    for (const act of acts) if (isObject(act)) await this.#perform(act, wire);
    wire.breaks();
    await settle();
    for (const said of wire.heard) {
      if (said.case !== "refused") continue;
      const { code, message, cure } = said.value;
      hold(code !== "internal", `a bug behind a refusal: ${message}`);
      hold(/^[a-z_]+$/.test(code) && message !== "" && cure !== "", `a refusal without words: ${code}`);
      hold(!/[\p{Cc}]/u.test(message + cure), "a refusal of several lines");
    }
    hold(wire.heard.filter((said) => said.case === "refused").length <= 1, "refused twice");
    hold(this.#errors.length === 0, `the log has errors: ${this.#errors.join("; ")}`);
  }

  async #perform(act: Record<string, unknown>, wire: Wire): Promise<void> {
    const { clock } = this.#box;
    if (act.arrives !== undefined) {
      const tag =
        typeof act.arrives === "string" && /^[a-z0-9.-]{1,20}$/.test(act.arrives) ? act.arrives : "";
      await this.#box.arrives({ lane: `tag:${tag}` });
    } else if (act.break === true) wire.breaks();
    else if (typeof act.pass === "number")
      await clock.pass(Math.round(Math.min(Math.max(0, act.pass), 120_000)));
    else {
      const frame = frameOf(withLast(act, wire));
      if (frame !== null) wire.says(frame);
    }
    await settle();
  }

  /** A session of its own, in a lane of its own, is served as ever. */
  async goesOn(n: number): Promise<void> {
    const wire = this.#connected();
    const session = `good-${n}`;
    const say = (json: JsonValue) => wire.says(fromJson(ConnectRequestSchema, json));
    say({ hello: { ...hello, session, instance: `instance-${n}`, tag: session } });
    const id = await this.#box.arrives({ lane: `tag:${session}` });
    await settle();
    const last = { eventId: id, delivery: 1 };
    say({ taken: { of: last } });
    say({ ack: { of: last, outcome: "OUTCOME_DONE", summary: "done" } });
    await settle();
    const kinds = wire.heard.map((said) => said.case).join(" ");
    hold(kinds === "welcome deliver acked", `a good session heard: ${kinds}`);
    hold((await this.#box.state(id)) === "acked", "a good session's ack does not count");
    wire.breaks();
    await settle();
  }

  #connected(): Wire {
    const wire = new Wire();
    const { box, clock } = this.#box;
    const parts = { ...box, clock, log: logTo(this.#errors), serverVersion: "0", graceMs: MINUTE };
    new Connection(parts, wire, { token: this.#secret, peer: "fuzz" }, { onHello() {}, onEnd() {} });
    return wire;
  }
}

/** Only bugs and failing stores are errors to the log. */
function logTo(errors: string[]): Log {
  const error: Log["error"] = (fields, message) => errors.push(`${message} ${JSON.stringify(fields)}`);
  return { debug() {}, info() {}, warn() {}, error };
}

/** Speaks of the event that was given last, where the act speaks of `ID`. */
function withLast(act: unknown, wire: Wire): unknown {
  const given = wire.heard.findLast((said) => said.case === "deliver");
  const last = given?.case === "deliver" ? given.value.of?.eventId : undefined;
  return last === undefined ? act : JSON.parse(JSON.stringify(act).replaceAll(ID, last));
}

/** Null: no such frame can be on the wire. */
function frameOf(act: unknown): ConnectRequest | null {
  if (!isObject(act)) return null;
  try {
    if (typeof act.bytes === "string")
      return fromBinary(ConnectRequestSchema, Buffer.from(act.bytes, "base64"));
    if (isObject(act.say))
      return fromJson(ConnectRequestSchema, act.say as JsonValue, { ignoreUnknownFields: true });
    return create(ConnectRequestSchema, {});
  } catch {
    // Not a message of the schema: the wire itself refuses it (target grpc).
    return null;
  }
}
