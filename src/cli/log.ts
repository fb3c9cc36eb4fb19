/**
 * The server's log: pino's JSON lines on stderr, or short lines where a person reads them. What is logged carries ids,
 * never payloads or secrets (promise 10); the redaction here is a net under that, not the rule.
 */
import { type DestinationStream, destination, type Logger, pino } from "pino";
import type { Settings } from "../config/settings.ts";

const SECRETS = new Set(["token", "secret", "secrets", "key", "authorization", "payload", "body"]);
const HIDDEN = "[hidden]";

export interface LogTarget {
  isTTY: boolean;
  write(text: string): void;
}

export function logOf(level: Settings["logLevel"], target: LogTarget): Logger {
  const formatters = { log: withoutSecrets };
  return pino({ level, formatters }, target.isTTY ? shortLines(target) : target);
}

/** The fields and those of objects in them; copied only where there is something to hide. (pino's `redact` costs more than the line.) */
function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return mapped(fields, (value) => (isPlain(value) ? mapped(value, (inner) => inner) : value));
}

function mapped(fields: Record<string, unknown>, map: (value: unknown) => unknown): Record<string, unknown> {
  let shown = fields;
  for (const name of Object.keys(fields)) {
    const value = SECRETS.has(name) ? HIDDEN : map(fields[name]);
    if (value !== fields[name]) shown = { ...shown, [name]: value };
  }
  return shown;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * What one turn of the event loop logs is one write, behind whatever that turn has sent: nobody waits for his answer because
 * a line is written. An end of the process that can be heard writes what is left.
 */
export function stderrTarget(): LogTarget {
  const fresh = () => {
    const made = destination({ fd: 2, sync: true });
    // Nobody reads it any more, as when a terminal is closed, or its disk is full: that is no reason to leave events behind. What
    // could not be written goes with its destination, which would keep it, and all that follows, until it can.
    made.on("error", () => {
      file = fresh();
    });
    return made;
  };
  let file = fresh();
  let lines = "";
  const flush = () => {
    const text = lines;
    lines = "";
    if (text !== "") file.write(text);
  };
  process.on("exit", flush);
  return {
    isTTY: process.stderr.isTTY === true,
    write(text) {
      if (lines === "") setImmediate(flush);
      lines += text;
    },
  };
}

const LEVELS: { readonly [level: number]: string } = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

function shortLines(target: LogTarget): DestinationStream {
  return { write: (json) => target.write(`${shortLine(json)}\n`) };
}

/** `12:30:01 warn  the text  event=evt_… lane=tag:deploys` */
export function shortLine(json: string): string {
  const { time, level, msg, pid: _pid, hostname: _hostname, ...fields } = parsed(json);
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${shownValue(value)}`);
  return [clock, (LEVELS[Number(level)] ?? "").padEnd(5), String(msg ?? ""), ...shown].join(" ").trimEnd();
}

function parsed(json: string): Record<string, unknown> {
  const line: unknown = JSON.parse(json);
  return typeof line === "object" && line !== null ? { ...line } : {};
}

function shownValue(value: unknown): string {
  if (typeof value === "string") return value;
  // pino's form of an error: its stack is for the JSON log.
  if (typeof value === "object" && value !== null && "message" in value) return String(value.message);
  return JSON.stringify(value);
}
