/** TLS on both listeners: whom plugins and commands trust, and what a server refuses to start with. */
import { chmodSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GrpcTransport } from "../../plugin/src/edges/grpc-transport.ts";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { checkCertificate } from "../../src/cli/checks/server.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { httpRequest } from "../../src/cli/http-request.ts";
import { type AdminFile, readAdmin } from "../../src/config/admin-file.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { readTlsPair } from "../../src/edges/tls-pair.ts";
import { listenHttp } from "../../src/http-listener.ts";
import { renewTls } from "../../src/tls-renewal.ts";
import { home, standInClaude } from "../cli/command-line.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { SimulatedClock } from "../world/simulated-clock.ts";
import { CA_FILE, certificateOf, tlsFiles } from "../world/tls-files.ts";
import { until } from "../world/until.ts";

const portOf = (url: string): number => Number(new URL(url).port);

/** The handshake's outcome. */
function handshake(url: string, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: portOf(url), rejectUnauthorized: false, ...options });
    socket.once("secureConnect", () => resolve(socket)).once("error", reject);
  });
}

describe("a server with a self-signed certificate for another name", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ env: tlsFiles("own").env });
  });
  afterAll(() => server.stop());

  test("speaks TLS 1.2 and 1.3 on both ports, with the one certificate, and nothing older or plain", async () => {
    const { httpUrl, grpcUrl } = server.running;
    expect([httpUrl, grpcUrl]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^https:/)]);
    for (const url of [httpUrl, grpcUrl]) {
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        const socket = await handshake(url, {
          minVersion: version,
          maxVersion: version,
          ALPNProtocols: ["h2", "http/1.1"],
        });
        expect(socket.getProtocol()).toBe(version);
        expect(socket.getPeerX509Certificate()?.toString()).toBe(certificateOf("own"));
        socket.destroy();
      }
      await expect(
        handshake(url, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }),
      ).rejects.toThrow();
      await expect(fetch(url.replace("https", "http"))).rejects.toThrow();
    }
  });

  test("is reached by every local command, and `connect` writes what the plugin needs", async () => {
    const { env, dataDir, run, configuration, ...rest } = await home();
    env.SIGNALBOX_DATA_DIR = server.dataDir;
    await standInClaude({ env, dataDir, run, configuration, ...rest }, 'echo "signalbox@signalbox"');
    expect(await run("connect")).toMatchObject({ code: 0, err: "" });
    const written = JSON.parse(readFileSync(configuration, "utf8"));
    expect(written).toMatchObject({
      remote: server.running.grpcUrl,
      ca: expect.stringMatching(/cert\.pem$/),
    });
    expect((await run("connect")).out).toContain("Kept");
    const doctor = await run("doctor");
    expect(doctor.out).toContain(`ok    webhooks are listened for at ${server.running.httpUrl}`);
    expect(doctor.out).toContain("ok    the certificate holds until 2120-01-01");
    expect(doctor.out).toContain(`ok    its token is valid at ${server.running.grpcUrl}`);
    expect(await run("trigger", "github", "push", "--wait", "0")).toMatchObject({ code: 2 });
    expect((await run("events")).out).toMatch(/queued .* trigger-github/);
    const account = await server.control.call(ControlService.method.getAccount, {});
    expect(account.webhookBaseUrl).toMatch(/^https:/);
  });

  test("a configuration of the time before TLS keeps its token, and is led to https", async () => {
    const made = await home();
    made.env.SIGNALBOX_DATA_DIR = server.dataDir;
    await standInClaude(made);
    await made.run("connect");
    const { connectionToken, remote } = JSON.parse(readFileSync(made.configuration, "utf8"));
    writeFileSync(
      made.configuration,
      JSON.stringify({ remote: remote.replace("https", "http"), connectionToken, session: "deploys" }),
    );
    expect((await made.run("connect")).out).toContain("its sessions now connect to https://");
    expect(JSON.parse(readFileSync(made.configuration, "utf8"))).toMatchObject({
      connectionToken,
      remote,
      session: "deploys",
      ca: expect.any(String),
    });
  });

  test("commands trust exactly its certificate: another server at its address is told apart", async () => {
    const { grpcUrl, httpUrl } = server.running;
    const url = { url: grpcUrl, token: server.token };
    for (const trusted of [undefined, certificateOf("loopback"), readFileSync(CA_FILE, "utf8")]) {
      const client = controlClient({ ...url, ...(trusted === undefined ? {} : { trusted }) });
      await expect(client.call(ControlService.method.getAccount, {})).rejects.toMatchObject({
        code: "untrusted_certificate",
      });
      client.close();
      await expect(httpRequest(`${httpUrl}/healthz`, { trusted, deadlineMs: 30_000 })).rejects.toThrow(
        /certificate/,
      );
    }
  });

  test("a plugin trusts it by its `ca` file alone", async () => {
    const ask = async (ca?: string) => {
      const transport = new GrpcTransport();
      const target = {
        remote: server.running.grpcUrl,
        token: server.token,
        ...(ca === undefined ? {} : { ca }),
      };
      const reply = await transport.call(target, ControlService.method.getAccount, {});
      transport.close();
      return reply;
    };
    expect(await ask(certificateOf("own"))).toMatchObject({ kind: "ok" });
    expect(await ask()).toMatchObject({ kind: "failed", message: expect.stringContaining("certificate") });
    expect(await ask(readFileSync(CA_FILE, "utf8"))).toMatchObject({ kind: "failed" });
  });
});

test("a certificate that an authority has signed is trusted by that authority's own, for its names alone", async () => {
  const server = await startServer({ env: tlsFiles("loopback").env });
  const ca = readFileSync(CA_FILE, "utf8");
  const reach = async (remote: string, trusted: string) => {
    const transport = new GrpcTransport();
    const reply = await transport.call(
      { remote, token: server.token, ca: trusted },
      ControlService.method.getAccount,
      {},
    );
    transport.close();
    return reply.kind;
  };
  expect(await reach(server.running.grpcUrl, ca)).toBe("ok");
  const elsewhere = server.running.grpcUrl.replace("127.0.0.1", "127.0.0.2");
  // 127.0.0.2 is not in the certificate; where the certificate itself is known, no name is needed.
  const { settings } = readSettings({
    options: {},
    env: { ...tlsFiles("loopback").env, SIGNALBOX_GRPC_HOST: "0.0.0.0" },
  });
  expect(settings.allowPlaintext).toBe(false);
  const open = await startServer({ env: { ...tlsFiles("loopback").env, SIGNALBOX_GRPC_HOST: "0.0.0.0" } });
  const other = elsewhere.replace(String(portOf(elsewhere)), String(portOf(open.running.grpcUrl)));
  const ask = async (trusted: string) => {
    const transport = new GrpcTransport();
    const reply = await transport.call(
      { remote: other, token: open.token, ca: trusted },
      ControlService.method.getAccount,
      {},
    );
    transport.close();
    return reply;
  };
  expect(await ask(ca)).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/altnames|certificate/i),
  });
  expect(await ask(certificateOf("loopback"))).toMatchObject({ kind: "ok" });
  await open.stop();
  await server.stop();
});

describe("what a server with TLS refuses to start with, in one line, before anything is made", () => {
  const refusal = async (env: Record<string, string>) => {
    const dataDir = join(await temporaryFolder(), "data");
    const error = await startServer({ dataDir, env }).then(
      (server) => server.stop(),
      (reason: unknown) => reason,
    );
    expect(existsSync(dataDir)).toBe(false);
    return error;
  };
  const words = (text: RegExp) =>
    expect.objectContaining({ name: "SignalboxError", message: expect.stringMatching(text) });

  test("one of the two without the other", async () => {
    const { SIGNALBOX_TLS_CERT, SIGNALBOX_TLS_KEY } = tlsFiles("own").env;
    expect(await refusal({ SIGNALBOX_TLS_CERT })).toEqual(words(/needs SIGNALBOX_TLS_KEY/));
    expect(await refusal({ SIGNALBOX_TLS_KEY })).toEqual(words(/needs SIGNALBOX_TLS_CERT/));
  });

  test("files that are missing, no PEM, of another pair, or expired", async () => {
    const { env, cert, key } = tlsFiles("own");
    const other = tlsFiles("loopback");
    expect(await refusal({ ...env, SIGNALBOX_TLS_CERT: `${cert}.no` })).toEqual(
      words(/can't read .*cert.pem.no/),
    );
    expect(await refusal({ ...env, SIGNALBOX_TLS_KEY: `${key}.no` })).toEqual(words(/no key file/));
    expect(await refusal({ ...env, SIGNALBOX_TLS_KEY: other.key })).toEqual(words(/is not the key of/));
    expect(await refusal(tlsFiles("expired").env)).toEqual(words(/expired on 2021-01-01/));
    writeFileSync(cert, "not a certificate");
    expect(await refusal(env)).toEqual(words(/no certificate in PEM/));
    const broken = tlsFiles("own");
    writeFileSync(broken.key, "-----BEGIN PRIVATE KEY-----\ngeheim\n-----END PRIVATE KEY-----\n");
    const error = await refusal(broken.env);
    expect(error).toEqual(words(/no private key in PEM/));
    expect(JSON.stringify([error, String(error)])).not.toContain("geheim");
  });

  test("a key that others can read or change, with the cure", async () => {
    for (const mode of [0o644, 0o640, 0o660, 0o602]) {
      const { env, key } = tlsFiles("own");
      chmodSync(key, mode);
      expect(await refusal(env)).toMatchObject({ code: "exposed_file", cure: `Run: chmod 600 ${key}` });
    }
  });
});

test("a renewed pair is shown to whoever connects from then on; what is open stays, and a bad pair changes nothing", async () => {
  const clock = new SimulatedClock();
  const files = tlsFiles("own");
  const tls = await readTlsPair(files, Date.now());
  const { settings } = readSettings({ options: {}, env: { ...files.env, SIGNALBOX_HTTP_PORT: "0" } });
  const listener = await listenHttp({
    settings,
    tls,
    app: (_, response) => response.end("here"),
    onFull() {},
  });
  const lines: unknown[] = [];
  const note = (_: unknown, line: string) => void lines.push(line);
  const log = { debug() {}, info: note, warn: note, error() {} };
  const renewal = renewTls(tls, { clock, log, renew: async (pair) => listener.renew(pair) });
  const shown = async () => {
    const socket = await handshake(listener.url, {});
    const certificate = socket.getPeerX509Certificate()?.toString();
    socket.destroy();
    return certificate;
  };
  const before = await handshake(listener.url, {});

  copyFileSync(tlsFiles("loopback").key, files.key);
  await clock.pass(31_000);
  await until(() => lines.length === 1, "the warning");
  expect(lines[0]).toContain("was not renewed");
  expect(await shown()).toBe(certificateOf("own"));

  files.become("loopback");
  await clock.pass(31_000);
  await until(() => lines.length === 2, "the renewal");
  expect(await shown()).toBe(certificateOf("loopback"));
  before.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  const said = await new Promise<string>((resolve) =>
    before.once("data", (data) => resolve(data.toString())),
  );
  expect(said).toContain("HTTP/1.1 200 OK");
  before.destroy();
  renewal.stop();
  await listener.close();
});

test("what local commands trust stands in admin.json, readable by its owner alone", async () => {
  const files = tlsFiles("own");
  const server = await startServer({ env: files.env });
  expect(await readAdmin(nodeFiles, server.dataDir)).toMatchObject({
    tls: { certificate: certificateOf("own"), file: files.cert },
  });
  expect(statSync(join(server.dataDir, "admin.json")).mode & 0o777).toBe(0o600);
  await server.stop();
});

test("doctor warns of a certificate that ends within two weeks", () => {
  const admin: AdminFile = {
    version: 1,
    httpUrl: "https://127.0.0.1:4400",
    grpcUrl: "https://127.0.0.1:4401",
    pid: 1,
    token: "cbt_x",
    tls: { certificate: certificateOf("own"), file: "/box/cert.pem" },
  };
  const kindAt = (date: string) =>
    checkCertificate(admin, Date.parse(date)).map(({ kind, what }) => [kind, what]);
  expect(kindAt("2119-12-01")).toEqual([["ok", "the certificate holds until 2120-01-01"]]);
  expect(kindAt("2119-12-25")).toEqual([["warn", "the certificate in /box/cert.pem expires on 2120-01-01"]]);
  expect(kindAt("2120-02-01")).toEqual([["warn", "the certificate in /box/cert.pem expired on 2120-01-01"]]);
});
