/**
 * The plugin into Claude Code, from this clone: by `claude` where it is on the PATH, else by hand. One that is installed already
 * is brought up to date, and then looked at: Claude Code runs a copy, and an old one would look well.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { claudeVersion, OLD_CLAUDE_CURE, WRITTEN_FOR } from "./claude-version.ts";
import { type InstalledCopy, installedCopy } from "./installed-plugin.ts";
import { runProgram } from "./program.ts";
import { shellLine } from "./shell-line.ts";
import type { Terminal } from "./terminal.ts";

/** The clone: its `.claude-plugin/marketplace.json` makes it a marketplace. */
export const CLONE = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

const MARKETPLACE = "signalbox";
export const PLUGIN = `signalbox@${MARKETPLACE}`;

const ADD = ["plugin", "marketplace", "add", CLONE];
const INSTALL = ["plugin", "install", PLUGIN];
/** Without effect after a first installation. */
const REFRESH = ["plugin", "marketplace", "update", MARKETPLACE];
const UPDATE = ["plugin", "update", PLUGIN];

/** `--keep-data`: what sessions have in hand, and acks on their way, lie in the plugin's data folder. */
const ANEW = [
  ["plugin", "uninstall", PLUGIN, "--keep-data"],
  ["plugin", "marketplace", "remove", MARKETPLACE],
  ADD,
  INSTALL,
];

export async function installPlugin(
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<"installed" | "by_hand" | "failed"> {
  const claude = await claudeVersion(env);
  if (claude.kind === "not_found") {
    tellByHand(terminal);
    return "by_hand";
  }
  if (claude.kind === "older") {
    terminal.complain(
      `Claude Code ${claude.version} is older than ${WRITTEN_FOR}, for which the plugin is written. ${OLD_CLAUDE_CURE}.`,
    );
  }
  const troubles: string[] = [];
  for (const step of [ADD, REFRESH, INSTALL, UPDATE]) {
    const trouble = await run(step, env);
    if (trouble === null) continue;
    if (step === ADD || step === INSTALL) {
      terminal.complain(trouble);
      terminal.complain("The configuration stands. Mend what it says, then run `npm run connect` again.");
      return "failed";
    }
    troubles.push(trouble);
  }
  // What counts is what lies there, whatever the client said.
  tellOf(await installedCopy(env, PLUGIN, join(CLONE, "plugin")), troubles, terminal);
  return "installed";
}

function tellByHand(terminal: Terminal): void {
  terminal.print("`claude` is not on the PATH. Where it is, run these lines:");
  for (const args of [ADD, INSTALL]) terminal.print(`  ${commandLine(args)}`);
  terminal.print("Where an older one is installed, these bring it up to date:");
  for (const args of [REFRESH, UPDATE]) terminal.print(`  ${commandLine(args)}`);
}

/** `troubles`: why it could not be brought up to date, which matters only where it had to be. */
function tellOf(copy: InstalledCopy, troubles: readonly string[], terminal: Terminal): void {
  if (copy.kind === "same") {
    terminal.print(
      `The plugin ${PLUGIN} is installed from ${CLONE}. Sessions that run have it once they are started again.`,
    );
    return;
  }
  for (const trouble of troubles) terminal.complain(trouble);
  if (copy.kind === "unknown") {
    terminal.print(
      `The plugin ${PLUGIN} is installed; whether it is this clone's can't be told: ${copy.why}.`,
    );
    return;
  }
  terminal.complain(
    `The plugin is installed, but its copy in ${copy.folder} is not this clone's. These lines install it anew:`,
  );
  for (const args of ANEW) terminal.complain(`  ${commandLine(args)}`);
}

/** Null: it is done, or was before, which is no failure. */
async function run(step: readonly string[], env: NodeJS.ProcessEnv): Promise<string | null> {
  const result = await runProgram("claude", step, env);
  if (result.kind === "not_found") return `\`${commandLine(step)}\` was not found`;
  if (
    result.code === 0 ||
    /already (installed|added|exists|on disk|at the latest|up.to.date)/i.test(result.output)
  )
    return null;
  return `\`${commandLine(step)}\` failed with code ${result.code}: ${result.output}`;
}

const commandLine = (args: readonly string[]) => shellLine(["claude", ...args]);
