/**
 * The plugin's configuration file as commands see it: where it is, whose it is, and how a new one is written. The
 * plugin alone decides what its other fields mean; they are carried over.
 */
import { chmod, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { homeOf } from "../config/home.ts";
import { nodeFiles } from "../edges/node-files.ts";

export const PluginConfiguration = z.looseObject({
  remote: z.string(),
  connectionToken: z.string(),
  session: z.string().optional(),
  /** A file of certificates in PEM: with https nobody else is trusted. */
  ca: z.string().optional(),
});
export type PluginConfiguration = z.infer<typeof PluginConfiguration>;

type Env = { readonly [name: string]: string | undefined };

export function configurationPath(env: Env): string {
  if (env.SIGNALBOX_CONFIG !== undefined && env.SIGNALBOX_CONFIG !== "") return resolve(env.SIGNALBOX_CONFIG);
  return join(claudeFolder(env), "channels", "signalbox", "config.json");
}

/** Where Claude Code keeps what is its user's. */
export function claudeFolder(env: Env): string {
  const given = env.CLAUDE_CONFIG_DIR;
  return given !== undefined && given !== "" ? resolve(given) : join(homeOf(env), ".claude");
}

export type FoundConfiguration =
  | { kind: "none" }
  | { kind: "found"; configuration: PluginConfiguration }
  /** Not one of ours: another program's, or broken. */
  | { kind: "foreign" };

export async function readConfiguration(path: string): Promise<FoundConfiguration> {
  const text = await nodeFiles.read(path);
  if (text === null) return { kind: "none" };
  const { data, success } = PluginConfiguration.safeParse(json(text));
  return success ? { kind: "found", configuration: data } : { kind: "foreign" };
}

/** Replaces the file, 0600; what was there is kept beside it as `.bak`, 0600 too. */
export async function writeConfiguration(path: string, configuration: PluginConfiguration): Promise<void> {
  await nodeFiles.makeFolder(dirname(path));
  const old = await nodeFiles.read(path);
  if (old !== null) await nodeFiles.write(`${path}.bak`, old);
  await nodeFiles.write(path, `${JSON.stringify(configuration, null, 2)}\n`);
}

/** True: others could read it, and no longer can. What is another user's is left as it is; `doctor` tells of it. */
export async function closeToOthers(path: string): Promise<boolean> {
  const { uid, mode } = await stat(path);
  if (uid !== process.getuid?.() || (mode & 0o077) === 0) return false;
  await chmod(path, 0o600);
  return true;
}

/** The same server, however loopback is written, and whether or not it has turned TLS on or off since. */
export function isSameServer(remote: string, grpcUrl: string): boolean {
  const [a, b] = [remote, grpcUrl].map((address) =>
    URL.parse(address)?.host.replace(/^(localhost|\[::1\])/, "127.0.0.1"),
  );
  return a !== undefined && a === b;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
