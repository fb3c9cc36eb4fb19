/**
 * Desktop notifications by what the system brings: `notify-send` (libnotify), `osascript` (macOS). What is told is given as arguments,
 * never through a shell, and never as a part of a script.
 */
import { execFile } from "node:child_process";
import type { Desktop } from "../core/ports/desktop.ts";
import type { Log } from "../core/ports/log.ts";

/** A notification that hangs must not stay for ever. */
const LONGEST_MS = 5_000;

type Command = (title: string, text: string) => [string, string[]];

/** `--`: a text that begins with a dash is still a text. */
const notifySend: Command = (title, text) => ["notify-send", ["--app-name=Signalbox", "--", title, text]];

const SCRIPT = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
] as const;

const osascript: Command = (title, text) => [
  "osascript",
  [...SCRIPT.flatMap((line) => ["-e", line]), "--", title, text],
];

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, Command>>> = {
  linux: notifySend,
  freebsd: notifySend,
  darwin: osascript,
};

export function desktop(log: Log, platform: NodeJS.Platform = process.platform): Desktop {
  const command = COMMANDS[platform];
  let told = false;
  /** Once: it would fail for each event. */
  const unable = (reason: string) => {
    if (!told) log.warn("the desktop can't be notified", { reason });
    told = true;
  };
  return {
    notify(title, text) {
      if (command === undefined) return unable(`no way is known on ${platform}`);
      const [file, args] = command(title, text);
      execFile(file, args, { timeout: LONGEST_MS, shell: false }, (error) => {
        if (error !== null) unable(String(error.code ?? error.signal ?? "failed"));
      });
    },
  };
}
