/** The server, with the clock of `fast-clock.ts`: since when it runs fast stands in the environment, the same for each start. */
import { pathToFileURL } from "node:url";
import { logOf, stderrTarget } from "../../../src/cli/log.ts";
import { readSettings } from "../../../src/config/read-settings.ts";
import { serve } from "../../../src/main.ts";
import { fastClock } from "./fast-clock.ts";

const { settings } = readSettings({ options: {}, env: process.env });
const server = await serve({
  settings,
  log: logOf(settings.logLevel, stderrTarget()),
  clock: fastClock(Number(process.env.FAST_SINCE)),
  workers: pathToFileURL(`${import.meta.dirname}/fast-workers/`),
});
// Whoever gives the tour is gone.
process.on("disconnect", () => process.exit());
process.once("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
