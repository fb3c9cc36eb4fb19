/**
 * `npm run demo`: the whole path, with nothing but this clone. A server, the plugin and a stand-in for Claude Code in a
 * folder and on ports of their own; 20 signed webhooks; the server is killed with -9 twice, the client and its plugin
 * once. Ends with what became of the events; exit code 0 only if none was lost, doubled or out of order.
 */
import { Demo } from "./demo.ts";

const demo = new Demo((line) => process.stdout.write(`${line}\n`));
try {
  process.exitCode = (await demo.run()) ? 0 : 1;
} catch (error) {
  process.stderr.write(
    `The demo could not be run: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
} finally {
  await demo.close();
}
