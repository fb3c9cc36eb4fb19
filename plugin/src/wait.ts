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
import { announcedEvent, greeting, LONGEST_LINE, wakeLine } from "./edges/waiter-talk.ts";

/** Hooks run before servers are up. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 100;
const CLIENT_CHECK_MS = 2_000;

const { CLAUDE_PID, CLAUDE_CODE_SESSION_ID } = process.env;
const parent = process.ppid;
const keys = [
  ...(CLAUDE_PID ? [clientKey(CLAUDE_PID)] : []),
  ...(CLAUDE_CODE_SESSION_ID ? [sessionKey(CLAUDE_CODE_SESSION_ID)] : []),
  clientKey(parent),
];

const folder = meetingFolder(process.env);
if (folder === null) process.exit(0);
const points = keys.map((key) => meetingPoint(folder, key));
const startedAt = performance.now();
knock(0);

setInterval(() => {
  if (!isClientThere()) process.exit(0);
}, CLIENT_CHECK_MS).unref();

/** Tries one meeting point after the other, until one opens or the patience ends. */
function knock(turn: number): void {
  if (performance.now() - startedAt > PATIENCE_MS) process.exit(0);
  const point = points[turn % points.length];
  const secret = point === undefined ? null : secretAt(point);
  const next = () => setTimeout(knock, turn % points.length === points.length - 1 ? RETRY_MS : 0, turn + 1);
  if (point === undefined || secret === null) {
    next();
    return;
  }
  const socket = connect(point.socket);
  let wait = false;
  socket.on("error", () => {});
  socket.on("connect", () => {
    wait = true;
    socket.write(greeting(secret));
    listen(socket);
  });
  // Once it was attached, the server's end is the waiter's.
  socket.on("close", () => (wait ? process.exit(0) : next()));
}

function listen(socket: Socket): void {
  let said = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    said = (said + text).slice(0, LONGEST_LINE);
    const end = said.indexOf("\n");
    if (end === -1) return;
    const eventId = announcedEvent(said.slice(0, end));
    if (eventId === null) process.exit(0);
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
