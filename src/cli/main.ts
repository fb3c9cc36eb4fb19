/** Chooses the command, reads its options, and turns what goes wrong into one line and an exit code. */
import { setImmediate as soon } from "node:timers/promises";
import { parseArgs } from "node:util";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import { fileTrouble, hasCode } from "../edges/file-trouble.ts";
import { version } from "../edges/version.ts";
import type { Command } from "./command.ts";
import { oneLine } from "./one-line.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** Loaded when asked for: `events` need not load the server. */
const COMMANDS: { readonly [name: string]: { summary: string; load: () => Promise<Command> } } = {
  start: { summary: "run the server", load: async () => (await import("./start.ts")).start },
  connect: {
    summary: "connect Claude Code: token, configuration, plugin",
    load: async () => (await import("./connect.ts")).connect,
  },
  trigger: {
    summary: "send a signed sample webhook and follow its event",
    load: async () => (await import("./trigger.ts")).trigger,
  },
  events: {
    summary: "list what is waiting, in hand, dropped, dead",
    load: async () => (await import("./events.ts")).events,
  },
  replay: {
    summary: "have dead events handled again",
    load: async () => (await import("./replay.ts")).replay,
  },
  tokens: {
    summary: "list, make and revoke connection tokens",
    load: async () => (await import("./tokens.ts")).tokens,
  },
  accounts: {
    summary: "list accounts, shut somebody out",
    load: async () => (await import("./accounts.ts")).accounts,
  },
  keys: {
    summary: "rotate the key of the webhook secrets",
    load: async () => (await import("./keys.ts")).keys,
  },
  doctor: {
    summary: "look for what is wrong, and say what to do",
    load: async () => (await import("./doctor.ts")).doctor,
  },
};

/** Runs one command line; the exit code. */
export async function main(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  terminal: Terminal = terminalOf(process),
): Promise<number> {
  // grpc-js writes its own lines to stderr; what failed is told here.
  setLogVerbosity(logVerbosity.NONE);
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    terminal.print(usage());
    return name === undefined ? 1 : 0;
  }
  if (name === "--version" || name === "-v") {
    terminal.print(version());
    return 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    terminal.complain(`signalbox has no command "${oneLine(name)}".\n${usage()}`);
    return 1;
  }
  try {
    return await runCommand(name, await entry.load(), { args: rest, env, terminal });
  } catch (error) {
    terminal.complain(
      error instanceof SignalboxError ? `signalbox ${name}: ${error.line}` : unexpected(name, error),
    );
    return 1;
  }
}

async function runCommand(
  name: string,
  command: Command,
  { args, env, terminal }: { args: string[]; env: NodeJS.ProcessEnv; terminal: Terminal },
): Promise<number> {
  const options = { ...command.options, help: { type: "boolean" as const, short: "h" } };
  const { allowPositionals = false } = command;
  const { values, positionals } = parsed(name, () => parseArgs({ args, options, allowPositionals }));
  if (values.help === true) {
    terminal.print(`${`Usage: signalbox ${name} ${command.synopsis}`.trimEnd()}\n\n${command.help}`);
    return 0;
  }
  const running = command.run({ values, positionals, env, terminal });
  return command.outlivesReader === true ? running : whileRead(running, terminal);
}

/** Whoever has read enough needs no more of it, and no exit code; what can't be written is trouble all the same. */
async function whileRead(running: Promise<number>, { left }: Terminal): Promise<number> {
  const unread = left.then((error) => {
    if (["EPIPE", "EIO"].some((code) => hasCode(error, code))) return 0;
    throw fileTrouble("write to", "stdout", error);
  });
  const code = await Promise.race([running, unread]);
  // A write tells its error a little later, also the last one.
  await soon();
  return Promise.race([unread, code]);
}

function parsed<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const message = reasonOf(error).split(". ")[0] ?? "";
    // `npm start --http-port 4500` keeps the option to itself and hands on the value alone.
    const cure = hasCode(error, "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL")
      ? `With npm, options come after \`--\`; see npm run ${name} -- --help`
      : `See npm run ${name} -- --help`;
    throw new SignalboxError("invalid", "bad_option", message, cure, error);
  }
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`);
  return [
    "Usage: signalbox <command> [options]",
    "",
    ...lines,
    "",
    "Each command has --help; --version tells which one this is.",
  ].join("\n");
}

/** A bug, told in one line; its stack on request, for a report. */
function unexpected(name: string, error: unknown): string {
  const stack = process.env.NODE_DEBUG === "signalbox" && error instanceof Error ? `\n${error.stack}` : "";
  return `signalbox ${name}: ${oneLine(reasonOf(error))} (unexpected; NODE_DEBUG=signalbox shows where)${stack}`;
}
