import { EventEmitter } from "node:events";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import type { WatchEventRequest, WatchEventResponse } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { Inspection } from "../../src/actors/inspection.ts";
import { watchEvent } from "../../src/api/event-calls.ts";
import { Box } from "../world/box.ts";

type Call = ServerWritableStream<WatchEventRequest, WatchEventResponse>;

test("nobody is watched for who went while he was being let in", async () => {
  const box = await Box.start();
  const id = await box.arrives();
  let listeners = 0;
  const inspection = new Inspection();
  const listen = inspection.listen.bind(inspection);
  inspection.listen = (listener) => {
    const stop = listen(listener);
    listeners += 1;
    return () => {
      listeners -= 1;
      stop();
    };
  };
  const { account } = box.box;
  const [token] = [(await box.box.tokens.issue(account.id, "test", "session", [])).token];
  // Only what a watcher asks of a call, hence the cast: `cancelled` was emitted before anybody listened.
  const call = Object.assign(new EventEmitter(), { request: { id }, cancelled: true, write() {}, end() {} });
  await watchEvent({ ...box.box, inspection, clock: box.clock })({ account, token }, call as unknown as Call);
  expect(listeners).toBe(0);
});

test("a token that is bound to tags watches no event of another lane", async () => {
  const box = await Box.start();
  const id = await box.arrives({ lane: "tag:oncall" });
  const { account } = box.box;
  const { token } = await box.box.tokens.issue(account.id, "test", "session", ["deploys"]);
  const call = Object.assign(new EventEmitter(), { request: { id }, cancelled: false, write() {}, end() {} });
  // As above.
  const watching = watchEvent({ ...box.box, inspection: new Inspection(), clock: box.clock })(
    { account, token },
    call as unknown as Call,
  );
  await expect(watching).rejects.toMatchObject({ code: "wrong_tag" });
});
