/** The configuration file as far as it is written: its token, and where its server is; and only where the file is Signalbox's own. */
import { existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TokenKeeping } from "../core/ports/token-keeping.ts";
import { configLocation } from "./config-location.ts";
import { disk } from "./disk.ts";

type Env = Record<string, string | undefined>;

export function tokenKeepingFrom(env: Env): TokenKeeping {
  return {
    obstacle: async () => {
      const { path, from } = configLocation(env);
      if (from !== "CLAWBACK_CONFIG") return null;
      return `The configuration ${path} was found by CLAWBACK_CONFIG, and is never written. Copy it to a file that SIGNALBOX_CONFIG names, or make one with npm run connect; then rotate again.`;
    },
    replace: async (from, to) => {
      const { path, from: by } = configLocation(env);
      if (by === "CLAWBACK_CONFIG") throw new Error(`${path} is never written`);
      // A link may stand where a user keeps such files under version control: what it names is written, beside itself.
      const file = realpathSync(path);
      const text = withToken(readFileSync(file, "utf8"), from, to);
      if (text === null) return "changed";
      await disk.write(file, text);
      return "saved";
    },
    configure: async ({ token, remote }) => {
      const path = writable(env);
      const before = existsSync(path) ? jsonIn(path) : {};
      const server = remote ?? ("remote" in before ? before.remote : LOCAL);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await disk.write(
        existsSync(path) ? realpathSync(path) : path,
        `${JSON.stringify({ ...before, remote: server, connectionToken: token }, null, 2)}\n`,
      );
      return path;
    },
    clear: async () => {
      const path = writable(env);
      const before: { connectionToken?: unknown } = existsSync(path) ? jsonIn(path) : {};
      if (before.connectionToken === undefined) return false;
      const { connectionToken: _gone, ...rest } = before;
      await disk.write(realpathSync(path), `${JSON.stringify(rest, null, 2)}\n`);
      return true;
    },
    keep: async (name, text) => {
      const path = join(dirname(configLocation(env).path), name);
      await disk.write(path, text);
      return path;
    },
  };
}

/** A server on this machine, as it is started without settings. */
const LOCAL = "http://127.0.0.1:4401";

function writable(env: Env): string {
  const { path, from } = configLocation(env);
  if (from === "CLAWBACK_CONFIG") throw new Error(`${path} is never written`);
  return path;
}

function jsonIn(path: string): object {
  const json: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new Error(`${path} is no configuration`);
  return json;
}

/** The file with the other token, otherwise letter by letter as its owner wrote it. Null: it does not have this one. */
function withToken(text: string, from: string, to: string): string | null {
  const json: unknown = JSON.parse(text);
  if (typeof json !== "object" || json === null || !("connectionToken" in json)) return null;
  if (json.connectionToken !== from) return null;
  const parts = text.split(JSON.stringify(from));
  const [before, after, ...more] = parts;
  // Written with escapes, or standing elsewhere too: the text can't be cut, and is made anew.
  return more.length > 0 || after === undefined
    ? `${JSON.stringify({ ...json, connectionToken: to }, null, 2)}\n`
    : `${before}${JSON.stringify(to)}${after}`;
}
