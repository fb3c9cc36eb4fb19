/**
 * The plugin's MCP server. It never leaves on an error, because the client does not start it again in that session
 * (seen with client 2.1.329): only when its stdin closes, or when it is told to.
 */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { Box } from "./core/box.ts";
import { setupFrom } from "./edges/config.ts";
import { desktop } from "./edges/desktop.ts";
import { disk } from "./edges/disk.ts";
import { GrpcTransport } from "./edges/grpc-transport.ts";
import { McpServer } from "./edges/mcp-server.ts";
import { processTable } from "./edges/process-table.ts";
import { stderrLog } from "./edges/stderr-log.ts";
import { surroundingsFrom } from "./edges/surroundings.ts";
import { systemClock } from "./edges/system-clock.ts";
import { systemRandom } from "./edges/system-random.ts";
import { tokenKeepingFrom } from "./edges/token-keeping.ts";
import { clientKey, meetingFolder, sessionKey } from "./edges/waiter-place.ts";
import { WaiterServer } from "./edges/waiter-server.ts";

/** For what is still on its way out. */
const FAREWELL_MS = 200;

/** For a client to say who it is. */
const INTRODUCTION_MS = 1_000;

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    stderrLog.warn(event, { error: error instanceof Error ? (error.stack ?? error.message) : "unknown" });
  });
}
// A client that is gone takes its pipes with it; stdin tells of its end.
for (const pipe of [process.stdout, process.stderr]) pipe.on("error", () => {});

const surroundings = surroundingsFrom(process.env);
const waiters = new WaiterServer(stderrLog);
const mcp = new McpServer(stderrLog);
const box = new Box(
  {
    clock: systemClock,
    random: systemRandom,
    files: disk,
    processes: await processTable(),
    transport: new GrpcTransport(),
    client: mcp,
    desktop: desktop(stderrLog),
    waiters,
    loadSetup: setupFrom(process.env),
    tokenKeeping: tokenKeepingFrom(process.env),
    log: stderrLog,
  },
  surroundings,
);

let closing = false;
function close(): void {
  if (closing) return;
  closing = true;
  box.close();
  waiters.close();
  setTimeout(() => process.exit(0), FAREWELL_MS);
}
process.stdin.on("end", close).on("close", close);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, close);

await mcp.serve(box, new StdioServerTransport());
const folder = meetingFolder(process.env);
if (folder === null) stderrLog.warn("there is no private folder for the waiters' sockets");
else await waiters.open(folder, [clientKey(process.ppid), sessionKey(surroundings.sessionId)]);
// Its Hello tells the client's name; a client that never says it is linked all the same.
await Promise.race([mcp.initialized, new Promise((resolve) => setTimeout(resolve, INTRODUCTION_MS))]);
if (!closing) box.start();
