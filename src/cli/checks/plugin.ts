/** The plugin: built, built from what is here, installed as it is here, in a client that has what it needs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { claudeVersion, OLD_CLAUDE_CURE, WRITTEN_FOR } from "../claude-version.ts";
import { installedCopy } from "../installed-plugin.ts";
import { CLONE, PLUGIN } from "../plugin-installation.ts";
import { runProgram } from "../program.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const INSTALL = "Run `npm run connect`";

export async function checkPlugin(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [await checkBundles(env), ...(await checkClaude(env))];
}

async function checkClaude(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const claude = await claudeVersion(env);
  switch (claude.kind) {
    case "not_found":
      return [
        warn(
          "`claude` is not on the PATH, so the plugin can't be looked for",
          "Install Claude Code or put it on the PATH, then run `npm run connect`",
        ),
      ];
    case "unknown":
      return [
        warn("`claude --version` does not say which it is", `Look whether it is ${WRITTEN_FOR} or later`),
        await checkInstalled(env),
      ];
    case "older":
      return [
        warn(
          `Claude Code ${claude.version} is older than ${WRITTEN_FOR}, for which the plugin is written`,
          OLD_CLAUDE_CURE,
        ),
        await checkInstalled(env),
      ];
    case "good":
      return [ok(`Claude Code is ${claude.version}`), await checkInstalled(env)];
    default:
      return claude satisfies never;
  }
}

async function checkBundles(env: NodeJS.ProcessEnv): Promise<Finding> {
  const missing = ["server.mjs", "wait.mjs"].filter(
    (name) => !existsSync(join(CLONE, "plugin", "dist", name)),
  );
  if (missing.length > 0) {
    return fail(
      `plugin/dist lacks ${missing.join(" and ")}`,
      "Take it from the repository again: git checkout plugin/dist",
    );
  }
  const script = join(CLONE, "scripts", "build-plugin.ts");
  const check = await runProgram(process.execPath, [script, "--check"], env);
  const fresh = check.kind === "ended" && check.code === 0;
  return fresh
    ? ok("the plugin's bundles are there and fresh")
    : warn("the plugin's bundles are older than its source", `Build them: node ${script}`);
}

async function checkInstalled(env: NodeJS.ProcessEnv): Promise<Finding> {
  const list = await runProgram("claude", ["plugin", "list"], env);
  if (list.kind === "not_found") return fail("`claude` is gone from the PATH", "Run `npm run doctor` again");
  if (list.code !== 0)
    return warn(`\`claude plugin list\` failed with code ${list.code}`, `Try it by hand: ${list.output}`);
  if (!list.output.includes(PLUGIN)) return fail(`the plugin ${PLUGIN} is not installed`, INSTALL);
  const copy = await installedCopy(env, PLUGIN, join(CLONE, "plugin"));
  switch (copy.kind) {
    case "same":
      return ok(`the plugin ${PLUGIN} is installed, and is this clone's`);
    case "other":
      return warn(
        `the plugin ${PLUGIN} is installed, but its copy in ${copy.folder} is not this clone's`,
        `${INSTALL}, then start your sessions again`,
      );
    case "unknown":
      return ok(`the plugin ${PLUGIN} is installed; whether it is this clone's can't be told: ${copy.why}`);
    default:
      return copy satisfies never;
  }
}
