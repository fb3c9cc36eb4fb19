/**
 * The server as it is tortured: the real one, on a store with fail points, told over IPC where to be struck. One that is
 * to be struck while it starts finds that in its environment.
 */
import { join } from "node:path";
import { logOf, stderrTarget } from "../../src/cli/log.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import { serve } from "../../src/main.ts";
import { FailPoints, orderSchema, strikeSchema } from "./fail-points.ts";
import { openStruckStore, type StruckStore } from "./struck-store.ts";

const DAY_S = 86_400;

/** Short, so that what has ended is emptied and removed while all this goes on; longer than a dead letter has to wait for its replay. */
const KEEPING = { retentionDays: 20 / DAY_S, dedupDays: 60 / DAY_S };

const TELLS_EVERY_MS = 200;

/** Names the strike that is armed before anything else happens, as JSON. */
const AT_START = "TORTURE_STRIKE";

const points = new FailPoints(() => process.kill(process.pid, "SIGKILL"));
const early = process.env[AT_START];
if (early !== undefined) points.arm(strikeSchema.parse(JSON.parse(early)));

let opened: StruckStore | undefined;
process.on("message", (message) => {
  const order = orderSchema.parse(message);
  if (order.order === "strike") points.arm(order);
  else opened?.limitDisk(order.pages);
});
// Whoever tortures is gone.
process.on("disconnect", () => process.exit());

const { settings } = readSettings({ options: {}, env: process.env });
const log = logOf(settings.logLevel, stderrTarget());
const server = await serve({
  settings: { ...settings, ...KEEPING },
  log,
  openStore: async (dataDir) => {
    opened = openStruckStore(join(dataDir, "signalbox.db"), points, (problem) => log.error(problem.line));
    return opened.store;
  },
});
const telling = setInterval(() => {
  if (opened !== undefined && process.connected) process.send?.(opened.progress());
}, TELLS_EVERY_MS);
process.once("SIGTERM", async () => {
  clearInterval(telling);
  await server.stop();
  process.exit(0);
});
