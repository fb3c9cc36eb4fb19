/** `signalbox start`: the server in the foreground, until it is told to stop. */
import { readSettings } from "../config/read-settings.ts";
import type { Settings } from "../config/settings.ts";
import { isEverywhere, reachAdvice } from "../domain/reach.ts";
import { nodeClock } from "../edges/node-clock.ts";
import { type RunningServer, serve } from "../main.ts";
import type { Command } from "./command.ts";
import { logOf, stderrTarget } from "./log.ts";
import { settingHelp, settingOptions, settingSources } from "./setting-options.ts";
import { processSignals, untilStopped } from "./stopping.ts";

export const start: Command = {
  synopsis: "[options]",
  help: `Runs the server until Ctrl-C or SIGTERM. A second Ctrl-C leaves at once; nothing accepted is lost by it.\n\nOptions (and variables):\n${settingHelp()}`,
  options: settingOptions(),
  outlivesReader: true,
  async run(call) {
    const { terminal } = call;
    const { settings, warnings } = readSettings(settingSources(call));
    for (const warning of warnings) terminal.complain(warning);
    const log = logOf(settings.logLevel, stderrTarget());
    const server = await serve({ settings, log });
    // Heard before the ready lines: whoever waits for these may stop it at once.
    const code = untilStopped(server, {
      drainMs: settings.drainSeconds * 1000,
      signals: processSignals(),
      clock: nodeClock,
      terminal,
    });
    for (const line of readyLines(server, settings)) terminal.print(line);
    return code;
  },
};

function readyLines(server: RunningServer, { publicUrl, githubClientId }: Settings): string[] {
  const reached = publicUrl ?? server.httpUrl;
  const webhooks = `${reached}/webhook/${server.accountProfileId}/<source>`;
  return [
    `Signalbox is up. Webhooks: ${webhooks}`,
    ...(isEverywhere(reached) ? [reachAdvice(reached)] : []),
    `Plugins and commands: ${server.grpcUrl}. Data: ${server.dataDir} (${server.firstStart ? "made just now" : "found again"}).`,
    ...(githubClientId === null ? [] : [`People sign in with GitHub: ${publicUrl}/auth/cli`]),
    "Next, in another terminal: npm run connect",
  ];
}
