import { spawn } from "node:child_process";
import { ROOT } from "./imports.ts";

/** Runs a program of the project at its root; if it fails, what it said is the error. */
export async function succeeds(name: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(name, args);
  if (code !== 0)
    throw new Error(`${name} ${args.join(" ")} failed with code ${code}:\n${output.slice(-4000)}`);
}

function run(name: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const path = `${ROOT}/node_modules/.bin:${process.env.PATH ?? ""}`;
    const child = spawn(name, args, {
      cwd: ROOT,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
