/** The plugin: built, built from what is here, and installed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CLONE, PLUGIN } from "../plugin-installation.ts";
import { runProgram } from "../program.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const INSTALL = "Run `npm run connect`";

export async function checkPlugin(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [await checkBundles(env), await checkInstalled(env)];
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
  if (list.kind === "not_found")
    return warn(
      "`claude` is not on the PATH, so the plugin can't be looked for",
      "Install Claude Code or put it on the PATH, then run `npm run connect`",
    );
  if (list.code !== 0)
    return warn(`\`claude plugin list\` failed with code ${list.code}`, `Try it by hand: ${list.output}`);
  return list.output.includes(PLUGIN)
    ? ok(`the plugin ${PLUGIN} is installed`)
    : fail(`the plugin ${PLUGIN} is not installed`, INSTALL);
}
