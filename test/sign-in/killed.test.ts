/** The server's process dies between any two steps of a sign-in: what was shown or begun is good afterwards, and what was used is not. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { freePort, ServerProcess } from "../world/server-process.ts";
import { Browser, codeOf, exchange } from "./browser.ts";
import { GithubStandin, githubEnv } from "./github-standin.ts";

let github: GithubStandin;
let server: ServerProcess;
beforeAll(async () => {
  github = await GithubStandin.start();
  const httpPort = await freePort();
  const dataDir = join(mkdtempSync(join(tmpdir(), "killed-")), "data");
  const env = githubEnv(github, httpPort);
  server = new ServerProcess({ dataDir, httpPort, grpcPort: await freePort(), env });
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await github.stop();
});

async function dies(): Promise<void> {
  await server.kill9();
  await server.start();
}

test("kill -9 after each step costs nobody his sign-in, and gives nobody a second token", async () => {
  const browser = new Browser();
  const begun = await browser.begin(`${server.httpUrl}/auth/cli`);
  await dies();
  const back = await browser.get(String(begun.headers.location));
  const shown = await browser.get(String(back.headers.location));
  expect(shown.status).toBe(200);
  const code = codeOf(shown.text);
  await dies();
  const { text, status } = await exchange(server.httpUrl, code);
  expect(status).toBe(200);
  await dies();
  expect((await exchange(server.httpUrl, code)).status).toBe(401);
  const { connectionToken: token } = JSON.parse(text);
  const client = controlClient({ url: server.grpcUrl, token });
  expect((await client.call(ControlService.method.listTokens, {})).tokens).toHaveLength(1);
  client.close();
});
