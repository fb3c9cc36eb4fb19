/** Raw bytes on the HTTP port: good requests changed a little, and anything else. */
import { connect } from "node:net";
import { sampleTypes, sampleWebhook } from "../../../src/domain/samples/sample.ts";
import { SCHEMES } from "../../../src/domain/source.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes } from "../mutate.ts";
import { hold, holdQuiet, type Subject, type Target } from "../target.ts";
import { type FuzzedSource, fuzzedServer, sourceOf } from "./server-world.ts";

/** A request that waits for more is left after so long without an answer. */
const IDLE_MS = 40;

/** The profile of this run's account, which no file of the corpus can know. */
const PROFILE = "p_PROFILE00000000000000000";

export const http: Target = {
  name: "http",
  promise:
    "whatever is sent is answered below 500 or not at all, without a word of the inside, and the next request is served",
  async open() {
    const server = await fuzzedServer();
    const { port } = new URL(server.running.httpUrl);
    const profile = server.running.accountProfileId;
    const sources = await Promise.all(SCHEMES.map((scheme) => sourceOf(server, scheme)));
    const samples = sources.flatMap((source) => goodRequests(source, profile));
    const github = sources.find(({ scheme }) => scheme === "github");
    let judged = 0;
    const judge = async (input: Uint8Array): Promise<void> => {
      const sent = Buffer.from(Buffer.from(input).toString("latin1").replaceAll(PROFILE, profile), "latin1");
      const said = await talk(Number(port), sent);
      for (const status of statusesOf(said)) hold(status < 500, `answered ${status}`);
      holdQuiet(said);
      hold(!said.includes('"internal"'), "a bug behind an answer");
      hold(server.errors.length === 0, `the log says ${server.errors[0]}`);
      if (++judged % 50 === 0 && github !== undefined) await goesOn(github);
    };
    const subject: Subject = {
      generate: (chance) => generate(samples, chance),
      judge,
      close: () => server.stop(),
    };
    return subject;
  },
};

function goodRequests({ scheme, url, secret }: FuzzedSource, profile: string): Buffer[] {
  const path = new URL(url).pathname.replace(profile, PROFILE);
  return sampleTypes(scheme)
    .slice(0, 2)
    .map((type) => {
      const sample = sampleWebhook(scheme, type, { secret, url, nowMs: Date.now(), seed: type });
      if (sample.kind !== "sample") throw new Error(`there is no sample ${type}`);
      return request("POST", path, sample.headers, sample.body);
    });
}

function request(method: string, path: string, headers: Record<string, string>, body: Uint8Array): Buffer {
  const all = { host: "box", ...headers, "content-length": String(body.length), connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`), body]);
}

const METHODS = ["GET", "PUT", "OPTIONS", "TRACE", "CONNECT", "PRI", "POST"];
const PATHS = [
  "/",
  "/healthz",
  "/readyz",
  "*",
  "//",
  "/auth/cli",
  "/auth/cli/callback?code=a&state=b&error=c",
  "/auth/cli/exchange",
  "/webhook",
  "/webhook/%ff/%00",
  "http://x/webhook/a/b",
  "/webhook/../..",
  "/%",
];
const HEADERS: readonly Record<string, string>[] = [
  { cookie: "signalbox-form=x; signalbox-sign-in=v1.0.0.0", origin: "http://box", "x-forwarded-for": "::1" },
  { "transfer-encoding": "chunked" },
  { "transfer-encoding": "gzip, chunked" },
  { expect: "100-continue" },
  { expect: "tea" },
  { upgrade: "websocket", connection: "upgrade" },
  { "content-encoding": "gzip" },
  { "content-length": "-1" },
  { "content-length": "99999999999999999999" },
  { "content-type": "application/json; charset=utf-7" },
];

function generate(samples: readonly Buffer[], chance: Chance): Uint8Array {
  const good = chance.of(samples);
  if (!chance.oneIn(4)) return mutateBytes(good, chance, samples);
  const path = chance.oneIn(2) ? chance.of(PATHS) : (/ (\S+) /.exec(good.toString("latin1"))?.[1] ?? "/");
  const odd = request(chance.of(METHODS), path, chance.of(HEADERS), chance.bytes(chance.below(40)));
  return chance.oneIn(2) ? odd : mutateBytes(odd, chance, samples);
}

function talk(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}

const statusesOf = (said: string): number[] =>
  [...said.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));

let sent = 0;

async function goesOn({ scheme, url, secret }: FuzzedSource): Promise<void> {
  const sample = sampleWebhook(scheme, "push", { secret, nowMs: Date.now(), seed: `good ${++sent}` });
  if (sample.kind !== "sample") throw new Error("there is no sample push");
  const { headers } = sample;
  const { status } = await fetch(url, { method: "POST", headers, body: new Uint8Array(sample.body) });
  hold(status === 202, `a good request is answered ${status}`);
}
