/** Over TLS of the server's own: cookies that travel by nothing else, and a configuration that trusts its certificate. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { setupFrom } from "../../plugin/src/edges/config.ts";
import { httpRequest } from "../../src/cli/http-request.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { startServer } from "../world/server.ts";
import { tlsFiles } from "../world/tls-files.ts";
import { codeOf, wordOf } from "./browser.ts";
import { GithubStandin, githubEnv } from "./github-standin.ts";

test("on the server's machine, by https", async () => {
  const files = tlsFiles("own");
  const server = await startServer({ env: files.env });
  onTestFinished(() => server.stop());
  const page = `${server.running.httpUrl}/auth/cli`;
  const asked = { trusted: readFileSync(files.cert, "utf8"), deadlineMs: 5_000 };
  const start = await httpRequest(page, asked);
  const cookie = String(start.headers["set-cookie"]?.[0]);
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
  const shown = await httpRequest(page, {
    ...asked,
    method: "POST",
    headers: { origin: server.running.httpUrl, cookie: cookie.split(";")[0] ?? "" },
    body: Buffer.from(new URLSearchParams({ form: wordOf(start.text) }).toString()),
  });
  const body = Buffer.from(`code=${codeOf(shown.text)}`);
  const { text } = await httpRequest(`${page}/exchange`, { ...asked, method: "POST", body });
  expect(JSON.parse(text)).toMatchObject({ remote: server.running.grpcUrl, ca: files.cert });
  const path = join(await temporaryFolder(), "config.json");
  await writeFile(path, text, { mode: 0o600 });
  expect(await setupFrom({ SIGNALBOX_CONFIG: path })()).toMatchObject({ kind: "ready" });
});

test.each([
  [
    {},
    "with TLS of its own: the public host, and the gRPC port",
    (grpcPort: string) => `https://box.example.org:${grpcPort}`,
  ],
  [
    { SIGNALBOX_GRPC_PUBLIC_URL: "https://grpc.example.org" },
    "what is said",
    () => "https://grpc.example.org",
  ],
])("with GitHub a plugin is told %j: %s", async (more, _, remote) => {
  const github = await GithubStandin.start();
  const publicUrl = "https://box.example.org";
  const env = {
    ...githubEnv(github, 0),
    SIGNALBOX_PUBLIC_URL: publicUrl,
    ...tlsFiles("own").env,
    ...more,
  };
  const server = await startServer({ env });
  onTestFinished(async () => {
    await server.stop();
    await github.stop();
  });
  const files = {
    trusted: JSON.parse(readFileSync(join(server.dataDir, "admin.json"), "utf8")).tls.certificate,
  };
  const asked = { ...files, deadlineMs: 5_000 };
  const page = `${server.running.httpUrl}/auth/cli`;
  const start = await httpRequest(page, asked);
  const [form = ""] = String(start.headers["set-cookie"]?.[0]).split(";");
  const begun = await httpRequest(page, {
    ...asked,
    method: "POST",
    headers: { origin: publicUrl, cookie: form },
    body: Buffer.from(new URLSearchParams({ form: wordOf(start.text) }).toString()),
  });
  const [cookie = ""] = String(begun.headers["set-cookie"]?.[0]).split(";");
  const back = await httpRequest(String(begun.headers.location), { trusted: undefined, deadlineMs: 5_000 });
  const callback = new URL(String(back.headers.location));
  expect(`${callback.origin}${callback.pathname}`).toBe(`${publicUrl}/auth/cli/callback`);
  const shown = await httpRequest(`${page}/callback${callback.search}`, { ...asked, headers: { cookie } });
  const body = Buffer.from(`code=${codeOf(shown.text)}`);
  const { text } = await httpRequest(`${page}/exchange`, { ...asked, method: "POST", body });
  const { connectionToken: _token, ...connection } = JSON.parse(text);
  expect(connection).toEqual({ remote: remote(new URL(server.running.grpcUrl).port) });
});
