/** `npm run connect -- --server … --code …`: what the sign-in's page shows to who has a clone. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Home, home } from "../cli/command-line.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { Browser, codeOf } from "./browser.ts";

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_SIGN_INS_PER_MINUTE: "100000" } });
  url = server.running.httpUrl;
});
afterAll(() => server.stop());

const newCode = async () => codeOf((await new Browser().begin(`${url}/auth/cli`)).text);
const written = async (at: Home) => JSON.parse(await readFile(at.configuration, "utf8"));
async function put(at: Home, content: object): Promise<void> {
  await mkdir(dirname(at.configuration), { recursive: true });
  await writeFile(at.configuration, JSON.stringify(content), { mode: 0o600 });
}

test("a code makes a configuration that works, its owner's alone, and no token is printed", async () => {
  const at = await home();
  const said = await at.run("connect", "--server", url, "--code", await newCode(), "--session", "deploys");
  expect(said).toMatchObject({ code: 0, err: "" });
  expect(said.out).not.toContain("cbt_");
  expect(said.out).not.toContain("npm run trigger");
  expect(await written(at)).toEqual({
    remote: server.running.grpcUrl,
    connectionToken: expect.stringMatching(/^cbt_/),
    session: "deploys",
  });
  expect((await stat(at.configuration)).mode & 0o777).toBe(0o600);
});

test("a configuration for that server keeps its other settings", async () => {
  const at = await home();
  const old = {
    remote: "http://localhost:4401",
    connectionToken: "cbt_old",
    session: "docs",
    join: "always",
  };
  await put(at, old);
  expect((await at.run("connect", "--server", url, "--code", await newCode())).code).toBe(0);
  const { connectionToken, ...rest } = await written(at);
  expect(connectionToken).not.toBe("cbt_old");
  expect(rest).toEqual({ remote: server.running.grpcUrl, session: "docs", join: "always" });
  expect(JSON.parse(await readFile(`${at.configuration}.bak`, "utf8"))).toEqual(old);
});

test("a configuration for another server is asked about before the code is used up", async () => {
  const at = await home();
  await put(at, { remote: "https://elsewhere.example", connectionToken: "cbt_old" });
  const code = await newCode();
  const refused = await at.run("connect", "--server", url, "--code", code);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("https://elsewhere.example") });
  expect((await written(at)).connectionToken).toBe("cbt_old");
  expect((await at.run("connect", "--server", url, "--code", code, "--force")).code).toBe(0);
});

test("a code that is not accepted changes nothing, and says where to sign in", async () => {
  const at = await home();
  const said = await at.run("connect", "--server", url, "--code", `once_${"a".repeat(24)}`);
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`Sign in at ${url}/auth/cli`) });
  await expect(readFile(at.configuration)).rejects.toThrow();
});

test.each([
  [["--server", "https://box.example"], "Open https://box.example/auth/cli in a browser"],
  [["--code", "once_x"], "--code needs --server"],
  [["--server", "box.example", "--code", "once_x"], "an https:// address"],
  [["--server", "http://box.example", "--code", "once_x"], "plain http to another machine"],
  [
    ["--server", "http://127.0.0.1:1", "--code", "once_x"],
    "nobody answers at http://127.0.0.1:1/auth/cli/exchange",
  ],
])("%j is told what to do", async (options, told) => {
  const said = await (await home()).run("connect", ...options);
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining(told) });
});

test.each([
  "<p>Welcome",
  '{"remote":"file:///x","connectionToken":"cbt_12345678"}',
  '{"remote":"https://x"}',
])("somebody else who answers (%s) is not taken for Signalbox", async (text) => {
  const other = createServer((_, response) => response.end(text));
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  // It listens on a port, and not on a pipe.
  const { port } = other.address() as AddressInfo;
  const at = await home();
  const said = await at.run("connect", "--server", `http://127.0.0.1:${port}`, "--code", "once_x");
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining("does not answer as Signalbox does") });
  await expect(readFile(at.configuration)).rejects.toThrow();
});
