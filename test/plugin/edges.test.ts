import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StreamEnd } from "../../plugin/src/core/ports/transport.ts";
import { disk } from "../../plugin/src/edges/disk.ts";
import { GrpcTransport } from "../../plugin/src/edges/grpc-transport.ts";
import { processTable } from "../../plugin/src/edges/process-table.ts";
import { systemClock } from "../../plugin/src/edges/system-clock.ts";
import { clientKey, meetingFolder, meetingPoint, sessionKey } from "../../plugin/src/edges/waiter-place.ts";
import { WaiterServer } from "../../plugin/src/edges/waiter-server.ts";
import { REFUSED, wakeWord } from "../../plugin/src/edges/waiter-talk.ts";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { ConnectRequestSchema, type ConnectResponse } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { until } from "../world/until.ts";
import { Waiter } from "./bundle-rig.ts";
import { E1, lineOf } from "./event-samples.ts";
import { FrameServer } from "./frame-server.ts";

let folder: string;
const owned: { close(): unknown }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edge-"));
});
afterEach(() => {
  for (const one of owned.splice(0).reverse()) one.close();
  rmSync(folder, { recursive: true, force: true });
});

const log = { info() {}, warn() {} };

describe("the disk", () => {
  test("a file is written whole, for the user alone, and nothing is left beside it", async () => {
    const path = join(folder, "a/b/state.json");
    await disk.makeFolder(join(folder, "a/b"));
    await disk.write(path, "one");
    await disk.write(path, "two");
    expect(await disk.read(path)).toBe("two");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "a/b")).mode & 0o777).toBe(0o700);
    expect(await disk.list(join(folder, "a/b"))).toEqual(["state.json"]);
  });

  test("what is not there is nothing, not an error", async () => {
    expect(await disk.read(join(folder, "none"))).toBeNull();
    expect(await disk.list(join(folder, "none"))).toEqual([]);
    await disk.rename(join(folder, "none"), join(folder, "other"));
    await disk.remove(join(folder, "none"));
  });

  test("what writes that died have left is swept when it is old; what was set aside is kept, the newest ten", async () => {
    const hour = 3_600_000;
    const leave = (name: string, ageMs: number) => {
      writeFileSync(join(folder, name), "x");
      const at = (Date.now() - ageMs) / 1_000;
      utimesSync(join(folder, name), at, at);
    };
    leave("a.json.0123abcd.tmp", 2 * hour);
    leave("b.json.0123abcd.tmp", 0);
    leave("c.json", 1_000 * hour);
    leave("theirs.tmp", 1_000 * hour);
    for (let age = 1; age <= 12; age++) leave(`${age}.json.broken`, age * hour);
    mkdirSync(join(folder, "d.json.broken"));
    await disk.makeFolder(folder);
    expect(readdirSync(folder).sort()).toEqual(
      [
        ...["b.json.0123abcd.tmp", "c.json", "d.json.broken", "theirs.tmp"],
        ...Array.from({ length: 10 }, (_, at) => `${at + 1}.json.broken`),
      ].sort(),
    );
  });

  test("a write that fails leaves what was there", async () => {
    await expect(disk.write(join(folder, "no/such/folder.json"), "x")).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("a process id that is used again is not taken for the one before", async () => {
  const { self, isAlive } = await processTable();
  expect(self.startedAt).not.toBeNull();
  expect(await isAlive(self)).toBe(true);
  expect(await isAlive({ pid: self.pid, startedAt: "another time" })).toBe(false);
  const gone = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
  expect(await isAlive({ pid: gone, startedAt: null })).toBe(false);
});

describe("the wire", () => {
  test("carries frames both ways with the token, and tells its end once", async () => {
    const server = await FrameServer.start();
    owned.push({ close: () => server.stop() });
    const transport = new GrpcTransport();
    owned.push(transport);
    const stream = transport.open({ remote: server.remote, token: "cbt_x" });
    const frames: ConnectResponse[] = [];
    const ends: StreamEnd[] = [];
    stream.listen({ onFrame: (frame) => frames.push(frame), onEnd: (end) => ends.push(end) });
    stream.send(create(ConnectRequestSchema, { frame: { case: "hello", value: { session: "s" } } }));
    const link = await server.link(0);
    expect((await link.welcome()).session).toBe("s");
    expect(link.token).toBe("Bearer cbt_x");
    await until(() => frames[0]?.frame.case === "welcome", "the welcome");
    server.stop();
    await until(() => ends.length > 0, "the end");
    expect(ends).toHaveLength(1);
  });

  test("a server that is not there is told as such", async () => {
    const transport = new GrpcTransport();
    owned.push(transport);
    const target = { remote: "http://127.0.0.1:1", token: "cbt_x" };
    const ends: StreamEnd[] = [];
    transport.open(target).listen({ onFrame: () => {}, onEnd: (end) => ends.push(end) });
    await until(() => ends.length > 0, "the end");
    expect(ends[0]?.clean).toBe(false);
    const reply = await transport.call(target, ControlService.method.getAccount, {});
    expect(reply).toMatchObject({ kind: "failed", failure: "unavailable" });
  });
});

describe("the waiters' meeting place", () => {
  test("a folder that others can enter is not used", () => {
    mkdirSync(join(folder, "signalbox"), { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: folder };
    expect(meetingFolder(env)).toBe(join(folder, "signalbox"));
    chmodSync(join(folder, "signalbox"), 0o755);
    expect(meetingFolder(env)).not.toBe(join(folder, "signalbox"));
  });

  test("names are short and say nothing", () => {
    const { socket } = meetingPoint(folder, clientKey(4711));
    expect(socket.slice(folder.length)).toMatch(/^\/[0-9a-f]{16}\.sock$/);
  });
});

test("a timer never fires before its time, by the clock that it is set on", async () => {
  let churning = true;
  // A loop that never sleeps looks at its timers at every fraction of a millisecond.
  const churn = () => void (churning && setImmediate(churn));
  churn();
  const early: number[] = [];
  for (let i = 0; i < 50; i++) {
    const due = systemClock.monotonic() + 3;
    await new Promise<void>((resolve) => systemClock.setTimer(3, resolve));
    if (systemClock.monotonic() < due) early.push(due - systemClock.monotonic());
  }
  churning = false;
  expect(early).toEqual([]);
});

describe("waiters", () => {
  const env = (): Record<string, string> => ({
    PATH: process.env.PATH ?? "",
    XDG_RUNTIME_DIR: folder,
    CLAUDE_PID: String(process.pid),
  });
  async function server(key = clientKey(process.pid)) {
    const place = meetingFolder({ XDG_RUNTIME_DIR: folder });
    if (place === null) throw new Error("no folder");
    const waiters = new WaiterServer(log);
    owned.push(waiters);
    await waiters.open(place, [key]);
    return { waiters, place, ...meetingPoint(place, key) };
  }
  function waiter(more: Record<string, string> = {}): Waiter {
    const made = new Waiter(process.execPath, { ...env(), ...more });
    owned.push(made);
    return made;
  }

  test("one that was started before the server finds it, and wakes with the constant line", async () => {
    const early = waiter();
    const { waiters } = await server();
    await until(() => waiters.attached, "the waiter");
    expect(waiters.wake(E1)).toBe(true);
    expect(waiters.wake(E1)).toBe(false);
    expect(await early.left()).toEqual({ code: 2, said: `${lineOf(E1)}\n` });
  });

  test("a newer one replaces the older, which leaves without a word", async () => {
    const { waiters } = await server();
    const first = waiter();
    await until(() => waiters.attached, "the first waiter");
    const second = waiter();
    expect(await first.left()).toEqual({ code: 0, said: "" });
    expect(second.running).toBe(true);
    expect(waiters.attached).toBe(true);
  });

  test("it leaves with 0 when the server goes", async () => {
    const { waiters, socket, secret } = await server();
    const one = waiter();
    await until(() => waiters.attached, "the waiter");
    waiters.close();
    expect(await one.left()).toEqual({ code: 0, said: "" });
    expect(
      readdirSync(join(folder, "signalbox")).filter((name) => socket.endsWith(name) || secret.endsWith(name)),
    ).toEqual([]);
  });

  test("it leaves with 0 when the client goes", async () => {
    const { waiters } = await server();
    const client = spawn("sleep", ["60"]);
    owned.push({ close: () => client.kill() });
    const one = waiter({ CLAUDE_PID: String(client.pid), CLAUDE_CODE_SESSION_ID: "s" });
    await until(() => waiters.attached, "the waiter");
    client.kill();
    expect(await one.left()).toEqual({ code: 0, said: "" });
  });

  test("after /clear it still finds the server, by the client's process", async () => {
    const { waiters } = await server();
    waiter({ CLAUDE_CODE_SESSION_ID: "another-session" });
    await until(() => waiters.attached, "the waiter");
  });

  test("it waits for its own client's server, not for another's that has the same session open", async () => {
    const { waiters: others } = await server(sessionKey("s"));
    waiter({ CLAUDE_CODE_SESSION_ID: "s" });
    const theirs = waiter({ CLAUDE_CODE_SESSION_ID: "s", CLAUDE_PID: "" });
    await until(() => others.attached, "the other client's waiter");
    const { waiters } = await server();
    await until(() => waiters.attached, "the waiter");
    expect(others.attached && theirs.running).toBe(true);
  });

  test("where no server has the client's process as its parent, the session's id leads to one", async () => {
    const { waiters } = await server(sessionKey("s"));
    waiter({ CLAUDE_CODE_SESSION_ID: "s" });
    await until(() => waiters.attached, "the waiter");
  });

  test("what can't be removed from the meeting place stops nothing", async () => {
    const place = meetingFolder({ XDG_RUNTIME_DIR: folder });
    mkdirSync(join(place ?? "", "0123456789abcdef.sock"));
    const { waiters } = await server();
    waiter();
    await until(() => waiters.attached, "the waiter");
  });

  test("a stranger without the secret is not attached", async () => {
    const { waiters, socket } = await server();
    const stranger = connect(socket).resume();
    owned.push({ close: () => stranger.destroy() });
    let closed = false;
    stranger.on("close", () => {
      closed = true;
    });
    stranger.on("error", () => {});
    stranger.write("wait for me\n");
    await until(() => closed, "the stranger's end");
    expect(waiters.attached).toBe(false);
  });

  test("a waiter whose secret was not known asks again, and is let in", async () => {
    const place = meetingFolder({ XDG_RUNTIME_DIR: folder });
    if (place === null) throw new Error("no folder");
    const { socket, secret } = meetingPoint(place, clientKey(process.pid));
    let knocks = 0;
    const box = createServer((visitor) => {
      knocks += 1;
      visitor.end(knocks === 1 ? `${REFUSED}\n` : wakeWord(E1));
    });
    owned.push(box);
    await new Promise<void>((resolve) => box.listen(socket, resolve));
    writeFileSync(secret, "half", { mode: 0o600 });
    expect(await waiter().left()).toMatchObject({ code: 2 });
    expect(knocks).toBe(2);
  });

  test("who does not know the secret is told so, and is not attached", async () => {
    const { waiters } = await server();
    const place = meetingFolder({ XDG_RUNTIME_DIR: folder });
    if (place === null) throw new Error("no folder");
    const stranger = connect(meetingPoint(place, clientKey(process.pid)).socket);
    let heard = "";
    stranger.on("data", (chunk) => {
      heard += chunk;
    });
    stranger.write("wait guess\n");
    await until(() => heard === `${REFUSED}\n`, "the refusal");
    expect(waiters.attached).toBe(false);
    stranger.destroy();
  });

  test("what a killed server has left behind is removed, and its place is free", async () => {
    const place = meetingFolder({ XDG_RUNTIME_DIR: folder });
    if (place === null) throw new Error("no folder");
    const stale = meetingPoint(place, "client:1");
    const mine = meetingPoint(place, clientKey(process.pid));
    for (const { socket, secret } of [stale, mine]) {
      leaveSocket(socket);
      const minutesAgo = Date.now() / 1000 - 300;
      utimesSync(socket, minutesAgo, minutesAgo);
      writeFileSync(secret, "old", { mode: 0o600 });
    }
    expect(readdirSync(place)).toHaveLength(4);
    const { waiters } = await server();
    expect(readdirSync(place)).toHaveLength(2);
    waiter();
    await until(() => waiters.attached, "the waiter");
  });

  test("a socket that was only just made is left alone, though nobody answers at it yet", async () => {
    const place = meetingFolder({ XDG_RUNTIME_DIR: folder });
    if (place === null) throw new Error("no folder");
    // Between its making and its listening, another server's socket looks just like this.
    const { socket } = meetingPoint(place, "client:1");
    leaveSocket(socket);
    await server();
    expect(existsSync(socket)).toBe(true);
  });
});

/** A socket that nobody listens on. */
function leaveSocket(path: string): void {
  const script =
    "require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  try {
    execFileSync(process.execPath, ["-e", script, path]);
  } catch {
    // It was killed, as it should be.
  }
}
