// Starts one of the project's own scripts, and says so where `npm ci` has not been run. Runs itself on any Node that
// knows ES modules: plain JavaScript, no `node:` imports, no top-level await.
// biome-ignore-all lint/style/useNodejsImportProtocol: Node before 14.18 does not know it
import { resolve } from "path";
import { pathToFileURL } from "url";

const NEEDED = 24;

// As if it had been started itself.
process.argv.splice(1, 1);
const script = process.argv[1];

if (parseInt(process.versions.node, 10) < NEEDED) {
  sorry(`it needs Node ${NEEDED} and this is ${process.versions.node}`);
} else {
  import(pathToFileURL(resolve(script)).href).catch((error) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !/^Cannot find package/.test(error.message)) throw error;
    sorry("the packages that it needs are not installed");
  });
}

function sorry(why) {
  process.stderr.write(`${script} can't run: ${why}. Run \`npm ci\` first.\n`);
  process.exitCode = 1;
}
