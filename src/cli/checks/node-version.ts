import { delimiter } from "node:path";
import { runProgram } from "../program.ts";
import { type Finding, fail, ok } from "./finding.ts";

const SERVER_NEEDS = 24;
const PLUGIN_NEEDS = 20;

/** The server's Node, and the one that Claude Code will start the plugin with. */
export async function checkNode(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [serverNode(), await pluginNode(env)];
}

function serverNode(): Finding {
  const { node } = process.versions;
  return major(node) >= SERVER_NEEDS
    ? ok(`the server runs on Node ${node}`)
    : fail(`Node ${node} is too old for the server`, "Run `npm ci`: it brings the right one");
}

async function pluginNode(env: NodeJS.ProcessEnv): Promise<Finding> {
  // npm puts the project's own Node first on the PATH; Claude Code will not see that one.
  const path = (env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const result = await runProgram("node", ["--version"], { ...env, PATH: path.join(delimiter) });
  if (result.kind === "not_found") {
    return fail(
      "no `node` on the PATH: Claude Code can't start the plugin",
      `Install Node ${PLUGIN_NEEDS} or later`,
    );
  }
  const version = result.output.replace(/^v/, "");
  return major(version) >= PLUGIN_NEEDS
    ? ok(`the plugin will run on Node ${version}`)
    : fail(`Node ${version} is too old for the plugin`, `Install Node ${PLUGIN_NEEDS} or later`);
}

const major = (version: string): number => Number.parseInt(version, 10) || 0;
