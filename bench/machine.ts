/** Where the figures come from: they mean little without it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
}

export interface Versions {
  node: string;
  sqlite: string;
  v8: string;
  signalbox: string;
  /** Null: not a clone, or without git. A plus: with changes that are not committed. */
  commit: string | null;
  [dependency: string]: string | null;
}

export function machine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
  };
}

const CLONE = new URL("../", import.meta.url);

export function versions(): Versions {
  const { node = "", sqlite = "", v8 = "" } = process.versions;
  return {
    node,
    sqlite,
    v8,
    signalbox: versionIn("package.json"),
    express: versionIn("node_modules/express/package.json"),
    xstate: versionIn("node_modules/xstate/package.json"),
    "grpc-js": versionIn("node_modules/@grpc/grpc-js/package.json"),
    commit: commit(),
  };
}

function versionIn(manifest: string): string {
  const parsed: { version?: unknown } = JSON.parse(readFileSync(new URL(manifest, CLONE), "utf8"));
  return String(parsed.version);
}

function commit(): string | null {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: CLONE, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return null;
  }
}
