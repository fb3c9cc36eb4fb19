#!/usr/bin/env node
// Starts the command line on a Node that can run it. This file itself runs on any Node that knows ES modules: plain
// JavaScript, no `node:` imports, no top-level await.
// biome-ignore-all lint/style/useNodejsImportProtocol: Node before 14.18 does not know it
import { spawn } from "child_process";
import { existsSync } from "fs";
import nodeModule, { createRequire } from "module";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const NEEDED = 24;
const args = process.argv.slice(2);

if (parseInt(process.versions.node, 10) >= NEEDED && hasSqlite()) runHere();
else runElsewhere(packagedNode());

// Early ones of Node 24 have a SQLite that takes a mere look at its log for the order to write it back (before 3.51).
function hasSqlite() {
  const [major, minor] = (process.versions.sqlite || "0.0").split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 51);
}

function runHere() {
  keepCompiled();
  import("../src/cli/main.ts")
    .then((cli) => cli.main(args))
    .then((code) => {
      process.exitCode = code;
      // A command that is done leaves, whatever it left open; what it has printed is given time to arrive.
      setTimeout(() => process.exit(), 200).unref();
    })
    .catch((error) => {
      if (error.code !== "ERR_MODULE_NOT_FOUND" || !/^Cannot find package/.test(error.message)) throw error;
      process.stderr.write(
        "signalbox can't find the packages that it needs. Run `npm ci` in its folder first.\n",
      );
      process.exitCode = 1;
    });
}

// Every start would strip and compile all its files anew, which takes a third of it. What can't be kept there is not.
function keepCompiled() {
  const packages = fileURLToPath(new URL("../node_modules", import.meta.url));
  if (existsSync(packages)) nodeModule.enableCompileCache(join(packages, ".cache", "signalbox"));
}

// The binary of the `node` package, which the lock file pins; null: not installed.
function packagedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const binary = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

function runElsewhere(binary) {
  if (binary === null) {
    process.stderr.write(
      `signalbox needs a recent Node ${NEEDED} and this is ${process.versions.node}. ` +
        "Run `npm ci` in its folder, which installs the right one beside it.\n",
    );
    process.exitCode = 1;
    return;
  }
  // As `npm start` does: fewer, shorter pauses of the garbage collector (docs/performance.md).
  const young = ["--min-semi-space-size=32", "--max-semi-space-size=32"];
  const child = spawn(binary, [...young, fileURLToPath(import.meta.url), ...args], { stdio: "inherit" });
  // From a terminal Ctrl-C reaches the child by itself too; the server takes both for one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`signalbox can't run ${binary}: ${error.message}. Run \`npm ci\` again.\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code === null ? 1 : code;
    if (signal !== null) process.stderr.write(`signalbox was ended by ${signal}.\n`);
  });
}
