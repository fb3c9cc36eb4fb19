/**
 * `npm run demo`: the whole path, with nothing but this clone. A server, the plugin and a stand-in for Claude Code in a
 * folder and on ports of their own; 20 signed webhooks; the server is killed with -9 twice, the client and its plugin
 * once. Ends with what became of the events; exit code 0 only if none was lost, doubled or out of order.
 *
 * `npm run demo -- --tour`: what happens to events in their lanes, scene by scene; exit code 0 only if each was seen.
 */
import { Demo } from "./demo.ts";
import { tour } from "./tour/tour.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);

async function demo(): Promise<boolean> {
  const run = new Demo(print);
  try {
    return await run.run();
  } finally {
    await run.close();
  }
}

const [asked, ...more] = process.argv.slice(2);
try {
  if (more.length > 0 || (asked !== undefined && asked !== "--tour")) {
    process.stderr.write("Usage: npm run demo, or npm run demo -- --tour\n");
    process.exitCode = 2;
  } else if (asked === "--tour") {
    await tour(print);
  } else {
    process.exitCode = (await demo()) ? 0 : 1;
  }
} catch (error) {
  // What a transcript ends with helps who works on the code: it stands behind the first line.
  process.stderr.write(
    `The demo could not be run: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
