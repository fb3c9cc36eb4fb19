/** The launcher on the machine's own Node, which may be an old one. */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { LAUNCHER, launch } from "./child.ts";

/** npm's own Node, or the first on the PATH that is not the project's; null: none of them is too old. */
const oldNode = [
  process.env.npm_node_execpath,
  ...pathWithoutProject().map((folder) => join(folder, "node")),
].find((node) => node !== undefined && versionOf(node) > 0 && versionOf(node) < 24);

function pathWithoutProject(): string[] {
  return (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
}

function versionOf(node: string): number {
  try {
    return Number.parseInt(execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }), 10);
  } catch {
    return 0;
  }
}

test("on the right Node it runs the command and passes its exit code on", async () => {
  const child = launch(["nonsense"], process.env);
  expect(await child.ended).toBe(1);
  expect(child.err()).toContain('no command "nonsense"');
});

test("without the packages, one clear line", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "src", "cli"), { recursive: true });
  const launcher = join(folder, "bin", "signalbox.mjs");
  await copyFile(LAUNCHER, launcher);
  await writeFile(join(folder, "src", "cli", "main.ts"), 'import "not-installed";');
  const child = launch(["start"], process.env, process.execPath, launcher);
  expect(await child.ended).toBe(1);
  expect(child.err()).toMatch(/^signalbox can't find .*npm ci.*\n$/);
});

test.skipIf(oldNode === undefined)("on an old Node it runs the command on the project's own", async () => {
  const child = launch(["events", "--help"], process.env, oldNode);
  expect(await child.ended).toBe(0);
  expect(child.out()).toContain("Usage: signalbox events");
});

test.skipIf(oldNode === undefined)(
  "on an old Node it passes signals on to the server, and its exit code back",
  async () => {
    const folder = await temporaryFolder();
    const env = {
      ...process.env,
      SIGNALBOX_DATA_DIR: join(folder, "data"),
      SIGNALBOX_HTTP_PORT: "0",
      SIGNALBOX_GRPC_PORT: "0",
    };
    const child = launch(["start"], env, oldNode);
    await child.said("npm run connect");
    child.process.kill("SIGTERM");
    expect(await child.ended).toBe(0);
    expect(child.out()).toContain("Stopping");
  },
);

test.skipIf(oldNode === undefined)("on an old Node without the project's own, one clear line", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "bin"));
  await copyFile(LAUNCHER, join(folder, "bin", "signalbox.mjs"));
  const child = launch(["start"], process.env, oldNode, join(folder, "bin", "signalbox.mjs"));
  expect(await child.ended).toBe(1);
  expect(child.err()).toMatch(/^signalbox needs a recent Node 24 and this is .*npm ci.*\n$/);
});
