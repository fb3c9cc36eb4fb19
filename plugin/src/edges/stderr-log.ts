/** JSON lines on stderr: stdout is MCP's alone. */
import type { Log, LogFields } from "../core/ports/log.ts";

export const stderrLog: Log = {
  info: (message, fields) => write("info", message, fields),
  warn: (message, fields) => write("warn", message, fields),
};

function write(level: string, message: string, fields: LogFields = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
}
