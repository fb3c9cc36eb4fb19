/** The launcher as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const LAUNCHER = fileURLToPath(new URL("../../bin/signalbox.mjs", import.meta.url));

export interface Child {
  process: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves when stdout holds `text`; fails when the process ends without it. */
  said(text: string): Promise<void>;
  ended: Promise<number | null>;
}

export function launch(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  node = process.execPath,
  script = LAUNCHER,
): Child {
  const child = spawn(node, [script, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  let err = "";
  let look = () => {};
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    look();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      look = () => {
        if (out.includes(text)) resolve();
      };
      look();
      void ended.then(
        (code) => reject(new Error(`ended with ${code} before "${text}": ${out}${err}`)),
        reject,
      );
    });
  return { process: child, out: () => out, err: () => err, said, ended };
}
