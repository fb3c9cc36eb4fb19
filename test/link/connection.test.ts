/** One stream, without a wire: what it owns, and what it does when the store fails it. */
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  HelloSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { Stream, StreamListener } from "../../src/domain/ports/transport.ts";
import { Connection } from "../../src/link/connection.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";
import { settle } from "../world/simulated-clock.ts";
import { Trouble } from "../world/troubled-store.ts";

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

  says(frame: ConnectRequest["frame"]): void {
    this.#listener?.onFrame(create(ConnectRequestSchema, { frame }));
  }

  breaks(): void {
    this.#listener?.onEnd({ clean: false, reason: "gone" });
  }

  get kinds(): (string | undefined)[] {
    return this.heard.map((frame) => frame.case);
  }
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function opened(box: Box): Promise<{ wire: Wire; connection: Connection; hello(): void }> {
  const { secret } = await box.box.tokens.issue(box.box.account.id, "test", "session", []);
  const wire = new Wire();
  const connection = new Connection(
    { ...box.box, clock: box.clock, log: quiet, serverVersion: "0", graceMs: MINUTE },
    wire,
    { token: secret, peer: "test" },
    { onHello() {}, onEnd() {} },
  );
  const presence = { ready: true, hooks: true, waiter: true, life: true };
  const value = create(HelloSchema, { protocol: 1, session: "s1", instance: "instance-1", presence });
  return { wire, connection, hello: () => wire.says({ case: "hello", value }) };
}

test("a stream that says nothing is refused, and one that was sent away is not looked after any more", async () => {
  const box = await Box.start();
  const silent = await opened(box);
  await box.clock.pass(10 * SECOND);
  expect(silent.wire.kinds).toEqual(["refused"]);
  const before = box.clock.timers;
  const drained = await opened(box);
  expect(box.clock.timers).toBe(before + 1);
  drained.connection.drain(1);
  expect(box.clock.timers).toBe(before);
});

test("a stream that breaks while it is let in leaves its session away", async () => {
  const box = await Box.start();
  const { wire, hello } = await opened(box);
  hello();
  wire.breaks();
  await settle();
  expect(wire.kinds).toEqual([]);
  expect(await box.sessionState("s1")).toBe("away");
});

test("a delivery that cannot be read ends the stream, to be tried again; nobody is called deaf for it", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  const first = await opened(box);
  first.hello();
  await settle();
  trouble.failing = "contents";
  const id = await box.arrives();
  expect(first.wire.heard.at(-1)).toMatchObject({ case: "refused", value: { retry: true } });
  expect(first.wire.ended).toBe(true);
  await box.clock.pass(11 * SECOND);
  trouble.failing = "nothing";
  const second = await opened(box);
  second.hello();
  await settle();
  expect(second.wire.kinds).toEqual(["welcome", "deliver"]);
  expect(second.wire.heard.at(-1)).toMatchObject({ value: { of: { eventId: id, delivery: 1 } } });
  expect(await box.sessionState("s1")).toBe("online");
});

test("a token is good on a full disk, though nobody can note that it was seen", async () => {
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      changeToken: () => Promise.reject(new Error("the disk is full")),
    }),
  });
  const { secret } = await box.box.tokens.issue(box.box.account.id, "test", "session", []);
  await expect(box.box.tokens.authenticate(secret)).resolves.toMatchObject({ label: "test" });
});

test("what is said to a plugin while it is let in waits for its welcome", async () => {
  const box = await Box.start();
  const { wire, connection, hello } = await opened(box);
  hello();
  connection.remind({ eventId: "evt_01k0000000000000000000000a", delivery: 1 });
  expect(wire.kinds).toEqual([]);
  await settle();
  expect(wire.kinds).toEqual(["welcome", "remind"]);
});
