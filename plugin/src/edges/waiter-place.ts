/**
 * Where waiters and server meet: a folder that only the user can open, in it for each key a socket and the file with
 * its secret. Keys come from what both can know: the client's process, which stays when `/clear` gives hooks a new
 * session id (seen with client 2.1.329), and the session's id. On Windows the socket is a named pipe.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

type Env = Record<string, string | undefined>;

export interface MeetingPoint {
  socket: string;
  secret: string;
}

/** A socket's path has about 100 bytes on some systems; name and ending take 21 of them. */
const LONGEST_FOLDER = 82;

/** Null where the folder is not the user's own: nobody is met there. */
export function meetingFolder(env: Env): string | null {
  const runtime = env.XDG_RUNTIME_DIR;
  const own = `signalbox-${process.getuid?.() ?? userInfo().username}`;
  const candidates = [
    ...(runtime ? [join(runtime, "signalbox")] : []),
    join(tmpdir(), own),
    join("/tmp", own),
  ];
  return candidates.find((folder) => folder.length <= LONGEST_FOLDER && isOwn(folder)) ?? null;
}

export const clientKey = (pid: number | string): string => `client:${pid}`;
export const sessionKey = (sessionId: string): string => `session:${sessionId}`;

export function meetingPoint(folder: string, key: string): MeetingPoint {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
  const socket =
    process.platform === "win32" ? `\\\\.\\pipe\\signalbox-${name}` : join(folder, `${name}.sock`);
  return { socket, secret: join(folder, `${name}.key`) };
}

/** Makes the folder if it is not there. A folder that others may enter, or a link to one, could be somebody's trap. */
function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) return false;
  }
  try {
    const stats = lstatSync(folder);
    if (!stats.isDirectory()) return false;
    return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
  } catch {
    return false;
  }
}
