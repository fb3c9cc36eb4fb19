import { join } from "node:path";
import { expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../../src/domain/errors.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { makeSource, send, startServer } from "../world/server.ts";

test("nothing is accepted before it is stored: a failing store answers 503, and then accepts again", async () => {
  let failing = false;
  const server = await startServer({
    openStore: async (dataDir) => {
      const store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      const full = () =>
        new SignalboxError("unavailable", "storage_failed", "the disk is full", "Free some space");
      return { ...store, commit: (writes) => (failing ? Promise.reject(full()) : store.commit(writes)) };
    },
  });
  const source = await makeSource(server, { slug: "ci" });
  failing = true;
  expect(await send(source, "generic", "deploy.finished", { seed: "1" })).toMatchObject({
    status: 503,
    body: { ok: false, code: "storage_failed" },
  });
  failing = false;
  expect(await send(source, "generic", "deploy.finished", { seed: "1" })).toMatchObject({
    status: 202,
    body: { status: "queued" },
  });
  await server.stop();
});

test("what was accepted is found by the next start, with its source and account", async () => {
  const first = await startServer();
  const source = await makeSource(first, { slug: "ci" });
  const { body } = await send(source, "generic", "deploy.finished");
  const profile = first.running.accountProfileId;
  await first.running.stop();
  const second = await startServer({ dataDir: first.dataDir });
  expect(second.running).toMatchObject({ firstStart: false, accountProfileId: profile });
  const { events } = await second.control.call(ControlService.method.listEvents, {});
  expect(events.map(({ id }) => id)).toEqual([body.id]);
  // The secret is still good: the keys were found again too.
  const url = source.url.replace(/^http:\/\/[^/]+/, second.running.httpUrl);
  expect((await send({ ...source, url }, "generic", "build.failed")).status).toBe(202);
  await second.stop();
  first.control.close();
});
