/** Commands whose output nobody reads any more: `| head` that has enough, a terminal that was closed. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { launch } from "./child.ts";
import { home } from "./command-line.ts";
import { controlServer } from "./control-server.ts";

const STACK = /\n {4}at /;

test.each(["SIGTERM", "SIGHUP"] as const)(
  "a server drains and leaves in good order by %s, though its stdout has been closed",
  async (signal) => {
    const folder = await temporaryFolder();
    const env = {
      ...process.env,
      HOME: folder,
      SIGNALBOX_DATA_DIR: join(folder, "data"),
      SIGNALBOX_HTTP_PORT: "0",
      SIGNALBOX_GRPC_PORT: "0",
    };
    const child = launch(["start"], env);
    await child.said("npm run connect");
    child.process.stdout?.destroy();
    child.process.kill(signal);
    expect(await child.ended).toBe(0);
    expect(child.err()).toContain("server left");
    expect(child.err()).not.toMatch(STACK);
  },
);

test.each(["events", "doctor", "--help", "events --help"])(
  "%s into a closed pipe ends without a word",
  async (args) => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const child = launch(args.split(" "), at.env);
    child.process.stdout?.destroy();
    expect(await child.ended).toBe(0);
    expect(child.err()).toBe("");
  },
);

const unwritten = (code: string) => Object.assign(new Error("write failed"), { code });

test("connect does all that it has begun, whoever reads", async () => {
  const server = await controlServer();
  const at = await home({ grpcUrl: server.url });
  at.unprinted = unwritten("EPIPE");
  expect(await at.run("connect")).toMatchObject({
    code: 0,
    out: expect.stringContaining("start plain `claude`"),
  });
});

test("an answer that can't be written for another reason is trouble", async () => {
  const server = await controlServer();
  const at = await home({ grpcUrl: server.url });
  at.unprinted = unwritten("ENOSPC");
  expect(await at.run("events")).toMatchObject({
    code: 1,
    err: "signalbox events: can't write to stdout (ENOSPC). The disk is full: make room.\n",
  });
});
