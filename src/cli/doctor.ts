/** `signalbox doctor`: each part on the way of an event, a line for each, with the cure where it needs one. */
import { readAdmin } from "../config/admin-file.ts";
import { withoutStop } from "../domain/errors.ts";
import { nodeClock } from "../edges/node-clock.ts";
import { nodeFiles } from "../edges/node-files.ts";
import { checkConfiguration } from "./checks/configuration.ts";
import { checkDataFolder } from "./checks/data-folder.ts";
import { type Finding, fail } from "./checks/finding.ts";
import { checkLanes } from "./checks/lanes.ts";
import { checkNode } from "./checks/node-version.ts";
import { checkPlugin } from "./checks/plugin.ts";
import { checkCertificate, checkGrpc, checkHttp } from "./checks/server.ts";
import { checkSessions } from "./checks/sessions.ts";
import { checkSignIn } from "./checks/sign-in.ts";
import { checkSources } from "./checks/sources.ts";
import type { Command } from "./command.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";
import { startHint } from "./start-hint.ts";

export const doctor: Command = {
  synopsis: "[--data-dir FOLDER]",
  help: [
    "Checks Node, the data folder, the server, its accounts and how people sign in, the plugin and its configuration, and the connected sessions.",
    "Exit code 1 if something fails.",
    "",
    "Options:",
    dataDirHelp,
  ].join("\n"),
  options: dataDirOption,

  async run({ env, terminal, ...rest }) {
    const dataDir = dataDirOf({ env, terminal, ...rest });
    let failed = false;
    const tell = (findings: readonly Finding[]) => {
      for (const finding of findings) {
        terminal.print(lineOf(finding));
        if (finding.kind === "fail") failed = true;
      }
    };
    tell(await checkNode(env));
    tell(await checkDataFolder(dataDir));
    tell(await serverFindings(dataDir));
    tell(await checkConfiguration(env, process.cwd()));
    tell(await checkPlugin(env));
    return failed ? 1 : 0;
  },
};

async function serverFindings(dataDir: string): Promise<Finding[]> {
  const admin = await readAdmin(nodeFiles, dataDir);
  if (admin === null)
    return [fail(`no server has run on ${dataDir} yet`, `Start one with ${startHint(dataDir)}`)];
  const { findings, account } = await checkGrpc(admin, startHint(dataDir));
  const certificate = checkCertificate(admin, nodeClock.now());
  return [
    await checkHttp(admin, startHint(dataDir)),
    ...certificate,
    ...findings,
    ...(account === null
      ? []
      : [
          ...(await checkSignIn(admin)),
          ...(await checkSources(admin)),
          ...(await checkLanes(admin)),
          ...checkSessions(account),
        ]),
  ];
}

function lineOf(finding: Finding): string {
  const line = `${finding.kind.padEnd(4)}  ${finding.what}`;
  // Without a stop: what is a command is copied, with all that stands behind it.
  return finding.kind === "ok" ? line : `${line}\n      → ${withoutStop(finding.cure)}`;
}
