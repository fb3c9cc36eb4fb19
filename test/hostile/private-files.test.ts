/** Secrets that others on the machine can read, and configurations that they can change: refused or told, by what is at stake. */
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { setupFrom } from "../../plugin/src/edges/config.ts";
import { adminPath } from "../../src/config/admin-file.ts";
import { warnOfOpenFolder } from "../../src/precautions.ts";
import { home } from "../cli/command-line.ts";
import { controlServer } from "../cli/control-server.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { startServer } from "../world/server.ts";
import { CA_FILE } from "../world/tls-files.ts";

const OTHERS = [0o640, 0o604, 0o660, 0o602];

test("a server does not start with keys that others can read or change, and says how to close them", async () => {
  const dataDir = join(await temporaryFolder(), "data");
  await (await startServer({ dataDir })).stop();
  const keys = join(dataDir, "keys.json");
  for (const mode of OTHERS) {
    chmodSync(keys, mode);
    await expect(startServer({ dataDir })).rejects.toMatchObject({
      code: "exposed_file",
      message: expect.stringContaining(`mode 0${mode.toString(8)}`),
      cure: `Run: chmod 600 ${keys}`,
    });
  }
  chmodSync(keys, 0o600);
  await (await startServer({ dataDir })).stop();
});

test("an admin token that others could read is replaced at the next start, and its file is private again", async () => {
  const dataDir = join(await temporaryFolder(), "data");
  const first = await startServer({ dataDir });
  await first.stop();
  const again = await startServer({ dataDir });
  expect(again.token).toBe(first.token);
  await again.stop();
  chmodSync(adminPath(dataDir), 0o644);
  const renewed = await startServer({ dataDir });
  expect(renewed.token).not.toBe(first.token);
  expect(statSync(adminPath(dataDir)).mode & 0o777).toBe(0o600);
  await renewed.stop();
});

test("commands follow no admin.json that others could have changed", async () => {
  const server = await controlServer();
  const made = await home({ grpcUrl: server.url });
  chmodSync(adminPath(made.dataDir), 0o622);
  for (const command of [["events"], ["connect"], ["trigger", "github", "push"]]) {
    const { code, err } = await made.run(...command);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/admin\.json can be changed by others.*chmod 600/),
    ]);
  }
});

test("doctor fails each secret that is open, with its cure, also inside a folder that is closed", async () => {
  const server = await controlServer();
  const made = await home({ grpcUrl: server.url });
  for (const name of ["keys.json", "trigger.json"]) {
    writeFileSync(join(made.dataDir, name), "{}");
    chmodSync(join(made.dataDir, name), 0o644);
  }
  const { out, code } = await made.run("doctor");
  expect(code).toBe(1);
  for (const name of ["keys.json", "trigger.json"]) {
    expect(out).toContain(`fail  ${join(made.dataDir, name)} can be read by others (mode 0644)`);
    expect(out).toContain(`chmod 600 ${join(made.dataDir, name)}`);
  }
});

test("a data folder that others can look into is told of in the log, and one that is closed is not", async () => {
  const lines: string[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (_: unknown, line: string) => void lines.push(line),
    error() {},
  };
  const folder = await temporaryFolder();
  await warnOfOpenFolder(folder, log);
  expect(lines).toEqual([]);
  chmodSync(folder, 0o755);
  await warnOfOpenFolder(folder, log);
  chmodSync(folder, 0o777);
  await warnOfOpenFolder(folder, log);
  expect(lines).toEqual([
    `the data folder is readable by others; run: chmod 700 ${folder}`,
    `the data folder is writable by others; run: chmod 700 ${folder}`,
  ]);
});

test("the plugin obeys no configuration, and trusts no `ca` file, that others can change; one they can read is told of", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "channels/signalbox/config.json");
  mkdirSync(dirname(path), { recursive: true });
  const ca = join(folder, "ca.pem");
  const write = (more: object, mode: number) => {
    writeFileSync(path, JSON.stringify({ remote: "https://box.test", connectionToken: "cbt_abc", ...more }));
    chmodSync(path, mode);
  };
  const read = setupFrom({ CLAUDE_CONFIG_DIR: folder });
  for (const mode of [0o620, 0o602, 0o666]) {
    write({}, mode);
    expect(await read()).toMatchObject({
      kind: "refused",
      problem: expect.stringContaining(`chmod 600 ${path}`),
    });
  }
  write({}, 0o644);
  expect(await read()).toMatchObject({ kind: "ready", configuration: { warnings: [expect.any(String)] } });

  write({ ca: "../../ca.pem" }, 0o600);
  expect(await read()).toMatchObject({ kind: "refused", problem: expect.stringContaining(ca) });
  writeFileSync(ca, "no certificate");
  expect(await read()).toMatchObject({ kind: "refused", problem: expect.stringContaining("PEM") });
  write({ ca: CA_FILE }, 0o600);
  expect(await read()).toMatchObject({
    kind: "ready",
    configuration: { ca: expect.stringContaining("BEGIN") },
  });
  writeFileSync(ca, "x");
  chmodSync(ca, 0o666);
  write({ ca }, 0o600);
  expect(await read()).toMatchObject({
    kind: "refused",
    problem: expect.stringContaining("others can change"),
  });
});
