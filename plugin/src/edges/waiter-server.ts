/**
 * The server's side of the waiters' sockets. The newest waiter is the one that counts; older ones are sent away. What
 * a server that was killed has left behind is removed at the next start.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Log } from "../core/ports/log.ts";
import type { Waiters } from "../core/ports/waiters.ts";
import { type MeetingPoint, meetingPoint } from "./waiter-place.ts";
import { greeting, LEAVE, LONGEST_LINE, REFUSED, wakeWord } from "./waiter-talk.ts";

/** A socket that doesn't say its greeting by then is none of ours. */
const GREETING_MS = 5_000;
const PROBE_MS = 500;
/** A socket has its name before anybody listens on it: a young one that does not answer may be about to. */
const YOUNG_MS = 60_000;

export class WaiterServer implements Waiters {
  #log: Log;
  #secret = randomBytes(24).toString("hex");
  #waiter: Socket | null = null;
  #sockets = new Set<Socket>();
  #servers: { server: Server; point: MeetingPoint }[] = [];
  #onChange: (arrived: boolean) => void = () => {};
  #closed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  get attached(): boolean {
    return this.#waiter !== null;
  }

  listen(onChange: (arrived: boolean) => void): void {
    this.#onChange = onChange;
  }

  wake(eventId: string): boolean {
    const waiter = this.#waiter;
    if (waiter === null) return false;
    this.#waiter = null;
    waiter.end(wakeWord(eventId));
    this.#onChange(false);
    return true;
  }

  /** Never rejects: without sockets events still come by the channel. */
  async open(folder: string, keys: readonly string[]): Promise<void> {
    await sweep(folder).catch(() => this.#log.warn("the waiters' folder can't be swept"));
    for (const key of keys) {
      const point = meetingPoint(folder, key);
      try {
        // Whoever was here serves a client that has started another server since.
        if (process.platform !== "win32") rmSync(point.socket, { force: true });
        rmSync(point.secret, { force: true });
        await this.#listenAt(point);
      } catch (error) {
        this.#log.warn("waiters can't attach", { error: error instanceof Error ? error.message : "unknown" });
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#waiter = null;
    for (const socket of this.#sockets) socket.destroy();
    for (const { server, point } of this.#servers) {
      const mine = isMine(point, this.#secret);
      if (mine) rmSync(point.secret, { force: true });
      // Closing removes the socket's file, which may be a newer server's by now.
      if (mine || process.platform === "win32") server.close();
      else server.unref();
    }
    this.#servers = [];
  }

  async #listenAt(point: MeetingPoint): Promise<void> {
    const server = createServer((socket) => this.#greet(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(point.socket, resolve);
    });
    server.on("error", () => {});
    if (this.#closed) {
      server.close();
      return;
    }
    this.#servers.push({ server, point });
    // After the socket, so that a waiter that finds the secret finds somebody; and whole, for it looks all the time.
    const draft = `${point.secret}.${process.pid}`;
    writeFileSync(draft, this.#secret, { mode: 0o600 });
    renameSync(draft, point.secret);
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    let said = "";
    const stranger = setTimeout(() => socket.destroy(), GREETING_MS);
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(stranger);
      this.#sockets.delete(socket);
      if (this.#waiter !== socket) return;
      this.#waiter = null;
      this.#onChange(false);
    });
    socket.on("data", (text: string) => {
      said = (said + text).slice(0, LONGEST_LINE);
      if (!said.includes("\n") || this.#waiter === socket || this.#closed) return;
      clearTimeout(stranger);
      if (isSame(said.slice(0, said.indexOf("\n") + 1), greeting(this.#secret))) {
        this.#replace(socket);
        return;
      }
      socket.end(`${REFUSED}\n`);
      // Also where nobody reads it.
      socket.destroySoon();
    });
  }

  #replace(socket: Socket): void {
    const older = this.#waiter;
    this.#waiter = socket;
    older?.end(LEAVE);
    this.#onChange(true);
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function isMine({ secret }: MeetingPoint, mine: string): boolean {
  try {
    return readFileSync(secret, "utf8") === mine;
  } catch {
    return false;
  }
}

/** Removes sockets that nobody listens on any more, with their secrets. */
async function sweep(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{16}\.sock$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const socket = join(folder, name);
      if (await isListening(socket)) return;
      // Looked at last: by now another may have taken the place.
      const made = statSync(socket, { throwIfNoEntry: false })?.mtimeMs;
      if (made === undefined || Math.abs(Date.now() - made) < YOUNG_MS) return;
      rmSync(socket, { force: true });
      rmSync(socket.replace(/sock$/, "key"), { force: true });
    }),
  );
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const tell = (there: boolean) => {
      socket.destroy();
      resolve(there);
    };
    socket.setTimeout(PROBE_MS, () => tell(true));
    socket.once("connect", () => tell(true));
    // Any other failure, such as a full queue, says nothing of who is there.
    socket.once("error", (error) => tell(!("code" in error) || error.code !== "ECONNREFUSED"));
  });
}
