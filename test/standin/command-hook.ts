/** One run of a `command` hook: spawned with its input on stdin, its output gathered until it has left. */
import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expandVariables } from "./placeholders.ts";
import type { CommandHook } from "./plugin-folder.ts";

export interface CommandSettings {
  env: Record<string, string>;
  cwd: string;
  /** The binary behind `node`. */
  node: string;
}

export interface CommandOutcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CommandRun {
  child: ChildProcess;
  left: Promise<CommandOutcome>;
}

export function startCommand(
  hook: CommandHook,
  input: unknown,
  { env, cwd, node }: CommandSettings,
): CommandRun {
  const expanded = expandVariables(hook.command, env);
  const child = hook.args
    ? spawn(
        expanded === "node" ? node : expanded,
        hook.args.map((arg) => expandVariables(arg, env)),
        { cwd, env, stdio: "pipe" },
      )
    : spawn(expanded, { cwd, env, stdio: "pipe", shell: true, detached: true });
  // A hook may leave without having read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(input));
  const output = Promise.all([gathered(text(child.stdout)), gathered(text(child.stderr))]);
  const { promise: left, resolve } = Promise.withResolvers<CommandOutcome>();
  child.once("error", (error) => resolve({ code: null, signal: null, stdout: "", stderr: error.message }));
  child.once("close", async (code, signal) => {
    const [stdout, stderr] = await output;
    resolve({ code, signal, stdout, stderr });
  });
  return { child, left };
}

/** Ends a hook that is still running. A shell leads a group of its own, which goes with what it has started. */
export function endCommand(
  hook: CommandHook,
  { child }: CommandRun,
  signal: NodeJS.Signals = "SIGTERM",
): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (hook.args) child.kill(signal);
  else process.kill(-child.pid, signal);
}

/** Pipes that are cut off have nothing more to say. */
async function gathered(output: Promise<string>): Promise<string> {
  return output.catch(() => "");
}
