/**
 * Reads the configuration, and says no to one that somebody else may have put there: a repository must not choose
 * whom its visitors obey.
 */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { LoadSetup, Setup } from "../core/ports/setup.ts";
import { withoutSlash } from "../core/tag.ts";
import { configLocation } from "./config-location.ts";
import { configSchema } from "./config-schema.ts";
import { certificatesIn } from "./server-trust.ts";
import { set } from "./surroundings.ts";

type Env = Record<string, string | undefined>;
type Refused = Extract<Setup, { kind: "refused" }>;

export function setupFrom(env: Env): LoadSetup {
  return async () => {
    const { path } = configLocation(env);
    try {
      return load(path, env);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      if (code === "ENOENT") return { kind: "missing", path };
      return refused(path, `can't be read (${code})`, "Make it readable for you alone (chmod 600)");
    }
  };
}

function load(path: string, env: Env): Setup {
  const stats = statSync(path);
  const unsafe = unsafeAt(path, env);
  if (unsafe !== null) return unsafe;
  const json = parse(readFileSync(path, "utf8"));
  if (json === undefined)
    return refused(path, "is not JSON", "Correct it, or write it anew with npm run connect");
  // Taken away by `configure`: as if there were none.
  if (isWithoutToken(json)) return { kind: "missing", path };
  const setup = configurationOf(json, path, env);
  if (setup.kind === "ready" && !isPrivate(stats)) {
    setup.configuration.warnings.push(`${path} can be read by others; run chmod 600 on it`);
  }
  return setup;
}

/** Somebody else may have put there what it says, or could; null: nobody. */
export function unsafeAt(path: string, env: Env): Refused | null {
  const found = existsSync(path) ? [lstatSync(path), statSync(path)] : [];
  if (!found.every(isMine))
    return refused(path, "belongs to another user", "Write your own with npm run connect");
  if (isChosenByProject(path, env)) {
    return refused(
      path,
      `is inside the project folder ${env.CLAUDE_PROJECT_DIR} or the repository around it`,
      "Keep it outside, so that no repository can choose whom your sessions obey",
    );
  }
  // Of a link its target's mode counts.
  const file = found.at(-1);
  if (file !== undefined && isWritableByOthers(file)) {
    return refused(path, "can be changed by others", `Look at what it says, then run chmod 600 ${path}`);
  }
  return null;
}

/** What the file says, or would say. */
export function configurationOf(
  json: unknown,
  path: string,
  env: Env,
): Extract<Setup, { kind: "ready" }> | Refused {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(
      (issue) => `${issue.path.length === 0 ? "" : `${plain(issue.path.join("."))}: `}${issue.message}`,
    );
    return refused(path, `has a mistake: ${complaints.join("; ")}`, "Correct it");
  }
  const {
    connectionToken: token,
    session,
    projects,
    delivery,
    join: joins,
    dataDir,
    sessionMessaging,
    notifications,
  } = parsed.data;
  const remote = new URL(parsed.data.remote).origin;
  const trusted = trustedIn(parsed.data.ca, path);
  if (trusted.kind === "refused") return trusted;
  const folder = set(dataDir) ?? set(env.CLAUDE_PLUGIN_DATA) ?? dirname(path);
  return {
    kind: "ready",
    configuration: {
      path,
      remote,
      token,
      ...(trusted.ca !== undefined && { ca: trusted.ca.pem, caFile: trusted.ca.file }),
      session: session ?? null,
      projects: Object.fromEntries(Object.entries(projects).map(([key, tag]) => [withoutSlash(key), tag])),
      delivery,
      join: joins,
      sessionMessaging,
      notifications,
      stateFolder: join(resolve(dirname(path), folder), "sessions"),
      fingerprint: createHash("sha256").update(`${remote}\n${token}`).digest("hex").slice(0, 16),
      warnings: [],
    },
  };
}

const isWithoutToken = (json: unknown): boolean =>
  typeof json === "object" && json !== null && !Array.isArray(json) && !("connectionToken" in json);

/** A key of the file may be anything; the problem is a line that Claude reads. */
const plain = (key: string): string =>
  key
    .replace(/[<>]/g, "_")
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 200);

function refused(path: string, problem: string, cure: string): Refused {
  return { kind: "refused", problem: `The configuration ${path} ${problem}. ${cure}.` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Windows has no such owners and modes. */
function isMine(stats: Stats): boolean {
  return process.getuid === undefined || stats.uid === process.getuid();
}

function isWritableByOthers(stats: Stats): boolean {
  return process.getuid !== undefined && (stats.mode & 0o022) !== 0;
}

/** What the `ca` file holds; read anew each time, as a renewed certificate is. */
function trustedIn(
  ca: string | undefined,
  path: string,
): { kind: "trusted"; ca: { file: string; pem: string } | undefined } | Extract<Setup, { kind: "refused" }> {
  if (ca === undefined) return { kind: "trusted", ca };
  const file = resolve(dirname(path), ca);
  try {
    const stats = statSync(file);
    const others = isMine(stats) ? 0o022 : 0o002;
    if (process.getuid !== undefined && (stats.mode & others) !== 0) {
      return refused(path, `names ${file} as ca, which others can change`, `Run chmod 644 ${file}`);
    }
    const pem = readFileSync(file, "utf8");
    certificatesIn(pem);
    return { kind: "trusted", ca: { file, pem } };
  } catch {
    return refused(
      path,
      `names ${file} as ca, where no certificate in PEM can be read`,
      "Correct it, or run npm run connect",
    );
  }
}

function isPrivate(stats: Stats): boolean {
  return process.getuid === undefined || (stats.mode & 0o077) === 0;
}

/** The project may be a part of the repository that somebody else wrote; one that holds the whole home folder is none. */
function isChosenByProject(path: string, env: Env): boolean {
  const project = set(env.CLAUDE_PROJECT_DIR);
  if (project === null) return false;
  const folder = real(project);
  const repositories = ancestors(folder).filter((one) => existsSync(join(one, ".git")));
  return [folder, ...repositories].some(
    (one) => isInside(real(path), one) && !isInside(real(homedir()), one),
  );
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...ancestors(parent)];
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
