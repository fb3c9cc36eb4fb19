/** The plugin into Claude Code, from this clone: by `claude` where it is on the PATH, else by hand. */
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** The clone: its `.claude-plugin/marketplace.json` makes it a marketplace. */
export const CLONE = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export const PLUGIN = "signalbox@signalbox";

const STEPS: readonly string[][] = [
  ["plugin", "marketplace", "add", CLONE],
  ["plugin", "install", PLUGIN],
];

export async function installPlugin(
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<"installed" | "by_hand" | "failed"> {
  for (const step of STEPS) {
    const result = await runProgram("claude", step, env);
    switch (result.kind) {
      case "not_found":
        terminal.print("`claude` is not on the PATH. Where it is, run these two lines:");
        for (const args of STEPS) terminal.print(`  ${commandLine(args)}`);
        return "by_hand";
      case "ended":
        // A second run finds everything there; that is no failure.
        if (result.code === 0 || /already (installed|added|exists|on disk)/i.test(result.output)) break;
        terminal.complain(`\`${commandLine(step)}\` failed with code ${result.code}: ${result.output}`);
        terminal.complain("The configuration stands. Mend what it says, then run `npm run connect` again.");
        return "failed";
      default:
        return result satisfies never;
    }
  }
  terminal.print(`The plugin ${PLUGIN} is installed from ${CLONE}.`);
  return "installed";
}

const commandLine = (args: readonly string[]) => ["claude", ...args].map(quoted).join(" ");
const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
