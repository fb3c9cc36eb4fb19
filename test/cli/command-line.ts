/** Runs a command in this process, in a home and data folder of the test's own, and keeps what it said. */
import { appendFile, chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main } from "../../src/cli/main.ts";
import { writeAdmin } from "../../src/config/admin-file.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { ADMIN_TOKEN } from "./control-server.ts";

export interface Home {
  folder: string;
  dataDir: string;
  configuration: string;
  env: NodeJS.ProcessEnv;
  run(...args: string[]): Promise<Said>;
  /** The answer to the next question; null: nobody is there. */
  answer: boolean | null;
  questions: string[];
  /** Why nothing that is printed arrives. */
  unprinted: Error | null;
}

export interface Said {
  code: number;
  out: string;
  err: string;
}

export async function home(urls?: { grpcUrl: string; httpUrl?: string }): Promise<Home> {
  const folder = await temporaryFolder();
  const dataDir = join(folder, "data");
  const bin = join(folder, "bin");
  await mkdir(bin);
  await nodeFiles.makeFolder(dataDir);
  if (urls !== undefined) {
    const { grpcUrl, httpUrl = "http://127.0.0.1:1" } = urls;
    await writeAdmin(nodeFiles, dataDir, {
      version: 1,
      grpcUrl,
      httpUrl,
      pid: process.pid,
      token: ADMIN_TOKEN,
    });
  }
  const made: Home = {
    folder,
    dataDir,
    configuration: join(folder, ".claude", "channels", "signalbox", "config.json"),
    env: { HOME: folder, PATH: bin, SIGNALBOX_DATA_DIR: dataDir },
    answer: null,
    questions: [],
    unprinted: null,
    async run(...args) {
      const said: Said = { code: -1, out: "", err: "" };
      const left = Promise.withResolvers<Error>();
      said.code = await main(args, made.env, {
        print: (line) => {
          said.out += `${line}\n`;
          if (made.unprinted !== null) left.resolve(made.unprinted);
        },
        complain: (line) => {
          said.err += `${line}\n`;
        },
        async ask(question) {
          made.questions.push(question);
          return made.answer;
        },
        left: left.promise,
      });
      return said;
    },
  };
  return made;
}

/**
 * Puts a `claude` on the PATH that tells its version, and notes its other arguments; `script` decides what it says to these and
 * its exit code.
 */
export async function standInClaude(
  { folder }: Home,
  script = "exit 0",
  version = "2.1.329 (Claude Code)",
): Promise<() => Promise<string[]>> {
  const notes = join(folder, "claude-arguments");
  await writeFile(notes, "");
  const told = `[ "$*" = --version ] && { echo '${version}'; exit 0; }`;
  await writeFile(join(folder, "bin", "claude"), `#!/bin/sh\n${told}\necho "$*" >> '${notes}'\n${script}\n`);
  await chmod(join(folder, "bin", "claude"), 0o755);
  return async () => (await readFile(notes, "utf8")).split("\n").filter((line) => line !== "");
}

/** Notes a folder as the copy that Claude Code has of the plugin, in the client's own list. */
export async function noteInstalled({ folder }: Home, installPath: string): Promise<void> {
  const plugins = join(folder, ".claude", "plugins");
  await mkdir(plugins, { recursive: true });
  const list = {
    version: 2,
    plugins: { "signalbox@signalbox": [{ scope: "user", installPath, version: "0.1.0" }] },
  };
  await writeFile(join(plugins, "installed_plugins.json"), JSON.stringify(list));
}

/** A copy of the plugin as an installation has it, of an older build. */
export async function oldCopy({ folder }: Home): Promise<string> {
  const copy = join(folder, "cache", "signalbox");
  await cp(join(import.meta.dirname, "../../plugin"), copy, { recursive: true });
  await appendFile(join(copy, "dist", "server.mjs"), "\n// of before\n");
  return copy;
}
