import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { type Child, launch } from "./child.ts";

const READY = "Next, in another terminal: npm run connect";

async function place(more: NodeJS.ProcessEnv = {}) {
  const folder = await temporaryFolder();
  const dataDir = join(folder, "data");
  const env = {
    HOME: folder,
    PATH: process.env.PATH,
    SIGNALBOX_DATA_DIR: dataDir,
    SIGNALBOX_HTTP_PORT: "0",
    SIGNALBOX_GRPC_PORT: "0",
    ...more,
  };
  return { dataDir, env };
}

async function oneLine(child: Child): Promise<string> {
  expect(await child.ended).toBe(1);
  const lines = child
    .err()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith('{"level":30'));
  expect(lines).toHaveLength(1);
  expect(child.err()).not.toMatch(/\n {4}at /);
  return lines[0] ?? "";
}

test("the first start makes what it needs, Ctrl-C leaves, and a second start finds all again", async () => {
  const { dataDir, env } = await place();
  const first = launch(["start"], env);
  await first.said(READY);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  const { token } = JSON.parse(await readFile(join(dataDir, "admin.json"), "utf8"));
  first.process.kill("SIGINT");
  expect(await first.ended).toBe(0);
  const second = launch(["start"], env);
  await second.said(READY);
  expect(second.out()).toContain("found again");
  expect(second.out()).toContain(/p_[a-z0-9]{24}/.exec(first.out())?.[0] ?? "no profile id");
  expect(JSON.parse(await readFile(join(dataDir, "admin.json"), "utf8")).token).toBe(token);
  expect(first.out() + first.err()).not.toContain(token);
  second.process.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});

test("a port in use is one clear line", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? String(address.port) : "";
  const names = { SIGNALBOX_HTTP_PORT: "--http-port", SIGNALBOX_GRPC_PORT: "--grpc-port" };
  for (const [variable, option] of Object.entries(names)) {
    const { env } = await place({ [variable]: port });
    const line = await oneLine(launch(["start"], env));
    expect(line).toContain(port);
    expect(line).toContain(`${option} or ${variable}`);
  }
});

test("a data folder that another server uses is one clear line", async () => {
  const { env } = await place();
  const first = launch(["start"], env);
  await first.said(READY);
  expect(await oneLine(launch(["start"], env))).toMatch(/another|in use/);
});

test("a data folder that can't be made is one clear line", async () => {
  const { dataDir, env } = await place();
  await writeFile(dataDir, "a file");
  expect(await oneLine(launch(["start"], env))).toContain(dataDir);
});

test.skipIf(process.getuid?.() === 0)("an unwritable data folder is one clear line", async () => {
  const { dataDir, env } = await place();
  await mkdir(dataDir);
  await chmod(dataDir, 0o500);
  expect(await oneLine(launch(["start"], env))).toContain(dataDir);
});

test("a broken setting is one clear line that names it", async () => {
  const { env } = await place({ SIGNALBOX_GRACE_SECONDS: "soon" });
  expect(await oneLine(launch(["start"], env))).toContain("--grace-seconds or SIGNALBOX_GRACE_SECONDS");
});

test("an unknown variable is warned of, and the server starts", async () => {
  const { env } = await place({ SIGNALBOX_GRACE_SECOND: "5" });
  const child = launch(["start"], env);
  await child.said(READY);
  expect(child.err()).toContain("SIGNALBOX_GRACE_SECOND is not a setting");
});
