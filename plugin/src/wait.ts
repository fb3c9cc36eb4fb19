/**
 * The waiter: hooks start one with the session and with each prompt. It hangs on the plugin server's socket and leaves
 * with code 2 and one line when an event is ready, which wakes the session; in every other case it leaves with 0,
 * which wakes nobody. It starts often, so it loads nothing heavy.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import {
  clientKey,
  type MeetingPoint,
  meetingFolder,
  meetingPoint,
  sessionKey,
} from "./edges/waiter-place.ts";
import { announcedEvent, greeting, LONGEST_LINE, REFUSED, wakeLine } from "./edges/waiter-talk.ts";

/** Hooks run before servers are up. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 100;
/** Another client may have the same session open, and its server may be up first: ours gets this head start. */
const CLIENT_FIRST_MS = 4_000;
const CLIENT_CHECK_MS = 2_000;

const { CLAUDE_PID, CLAUDE_CODE_SESSION_ID } = process.env;
const parent = process.ppid;
const ours = CLAUDE_PID ? [clientKey(CLAUDE_PID)] : [];
const others = [...(CLAUDE_CODE_SESSION_ID ? [sessionKey(CLAUDE_CODE_SESSION_ID)] : []), clientKey(parent)];

const folder = meetingFolder(process.env);
if (folder === null) process.exit(0);
const at = (key: string): MeetingPoint => meetingPoint(folder, key);
const startedAt = performance.now();
/** The line is on its way to the client: nothing else ends this process any more. */
let waking = false;
knock(round());

setInterval(() => {
  if (!isClientThere()) leave();
}, CLIENT_CHECK_MS).unref();

/** Tries one meeting point after the other, round after round, until one opens or the patience ends. */
function knock([point, ...rest]: MeetingPoint[]): void {
  if (point === undefined) {
    setTimeout(() => knock(round()), RETRY_MS);
    return;
  }
  const next = () => knock(rest);
  const secret = secretAt(point);
  if (secret === null) {
    next();
    return;
  }
  const socket = connect(point.socket);
  let wait = false;
  socket.on("error", () => {});
  socket.on("connect", () => {
    wait = true;
    socket.write(greeting(secret));
    listen(socket, () => {
      wait = false;
    });
  });
  // Once it was attached, the server's end is the waiter's.
  socket.on("close", () => (wait ? leave() : next()));
}

function round(): MeetingPoint[] {
  const sinceMs = performance.now() - startedAt;
  if (sinceMs > PATIENCE_MS) leave();
  const alone = ours.length > 0 && sinceMs < CLIENT_FIRST_MS;
  return (alone ? ours : [...ours, ...others]).map(at);
}

/** Wakes nobody. */
function leave(): void {
  if (!waking) process.exit(0);
}

/** `onRefused`: the server did not know the secret. */
function listen(socket: Socket, onRefused: () => void): void {
  let said = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    said = (said + text).slice(0, LONGEST_LINE);
    const end = said.indexOf("\n");
    if (end === -1) return;
    if (said.slice(0, end) === REFUSED) return onRefused();
    const eventId = announcedEvent(said.slice(0, end));
    if (eventId === null) return leave();
    waking = true;
    process.stderr.write(`${wakeLine(eventId)}\n`, () => process.exit(2));
  });
}

function secretAt({ secret }: MeetingPoint): string | null {
  try {
    return readFileSync(secret, "utf8");
  } catch {
    return null;
  }
}

/** A client that has died leaves its children to another parent. */
function isClientThere(): boolean {
  if (process.ppid !== parent) return false;
  if (!CLAUDE_PID || !/^\d+$/.test(CLAUDE_PID)) return true;
  try {
    process.kill(Number(CLAUDE_PID), 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
