/** What names a server that must be started names its folder: plain `npm start` would start another one. */
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startHint } from "../../src/cli/start-hint.ts";
import { home } from "./command-line.ts";

test("of the default folder it is plain; of another it has the folder, as a shell reads it", () => {
  expect(startHint(join(homedir(), ".signalbox"))).toBe("`npm start`");
  expect(startHint("/srv/box")).toBe("`npm start -- --data-dir /srv/box`");
  expect(startHint("/srv/my box")).toBe("`npm start -- --data-dir '/srv/my box'`");
});

test.each(["events", "connect"])("%s on a folder where no server has run, or runs", async (name) => {
  for (const urls of [undefined, { grpcUrl: "http://127.0.0.1:1" }]) {
    const at = await home(urls);
    const { code, err } = await at.run(name);
    expect(code).toBe(1);
    expect(err).toContain(`with \`npm start -- --data-dir ${at.dataDir}\`, in another terminal.`);
  }
});

test("trigger, whose server takes no webhook", async () => {
  const at = await home({ grpcUrl: "http://127.0.0.1:1" });
  expect((await at.run("trigger", "github", "push")).err).toContain(`--data-dir ${at.dataDir}\``);
});

test("doctor on a folder without a server, or where it does not run", async () => {
  for (const urls of [undefined, { grpcUrl: "http://127.0.0.1:1" }]) {
    const at = await home(urls);
    const { out } = await at.run("doctor");
    expect(out).toContain(`with \`npm start -- --data-dir ${at.dataDir}\`\n`);
    expect(out).not.toContain("with `npm start`\n");
  }
  const at = await home();
  const { out } = await at.run("doctor", "--data-dir", "/nowhere/at-all");
  expect(out).toContain("Start the server with `npm start -- --data-dir /nowhere/at-all`: it makes it\n");
});
