/** The configuration file as far as it is written: its token, and where its server is; and only where the file is Signalbox's own. */
import { existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TokenKeeping } from "../core/ports/token-keeping.ts";
import { configurationOf, unsafeAt } from "./config.ts";
import { configLocation } from "./config-location.ts";
import { disk } from "./disk.ts";

type Env = Record<string, string | undefined>;

export function tokenKeepingFrom(env: Env): TokenKeeping {
  return {
    obstacle: async () => {
      const { path, from } = configLocation(env);
      if (from !== "CLAWBACK_CONFIG") return null;
      return `The configuration ${path} was found by CLAWBACK_CONFIG, and is never written. Copy it to a file that SIGNALBOX_CONFIG names, or make one with npm run connect; then try again.`;
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
    plan: async ({ token, remote }) => {
      const path = writable(env);
      const unsafe = unsafeAt(path, env);
      if (unsafe !== null) return unsafe;
      const before = jsonAt(path);
      if (before === null)
        return { kind: "refused", problem: `${path} is no configuration. Correct it, or move it away.` };
      const content = { ...before, remote: remote ?? before.remote ?? LOCAL, connectionToken: token };
      const setup = configurationOf(content, path, env);
      return setup.kind === "refused" ? setup : { ...setup, kind: "planned", content };
    },
    configure: async ({ content }) => {
      const path = writable(env);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await disk.write(existsSync(path) ? realpathSync(path) : path, `${JSON.stringify(content, null, 2)}\n`);
      return path;
    },
    clear: async () => {
      const path = writable(env);
      const before = jsonAt(path);
      if (before === null) throw new Error(`${path} is no configuration`);
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

/** Empty: there is no file. Null: what is there is no configuration. */
function jsonAt(path: string): { connectionToken?: unknown; remote?: unknown } | null {
  if (!existsSync(path)) return {};
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
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
