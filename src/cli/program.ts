/** Another program, run to its end, with what it said. */
import { spawn } from "node:child_process";
import { hasCode } from "../edges/file-trouble.ts";

export type ProgramResult =
  | { kind: "not_found" }
  /** `code` null: a signal ended it, or it took too long. */
  | { kind: "ended"; code: number | null; output: string };

const LONGEST_MS = 60_000;
const SHOWN_CHARACTERS = 2_000;

export function runProgram(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LONGEST_MS,
      // On Windows npm installs programs as .cmd files, which only a shell starts.
      shell: process.platform === "win32",
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-SHOWN_CHARACTERS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) =>
      hasCode(error, "ENOENT") ? resolve({ kind: "not_found" }) : reject(error),
    );
    child.once("close", (code) => resolve({ kind: "ended", code, output: output.trim() }));
  });
}
