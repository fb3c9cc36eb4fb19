/**
 * Promise 10: a whole little life of a server, as its own process that logs all that it can, and then a search for every secret and
 * every token in its files, its log and its answers.
 */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { home } from "../cli/command-line.ts";
import { Browser, codeOf, exchange } from "../sign-in/browser.ts";
import { GithubStandin, githubEnv } from "../sign-in/github-standin.ts";
import { LinkClient } from "../world/link-client.ts";
import { makeSource, post, send } from "../world/server.ts";
import { freePort, ServerProcess } from "../world/server-process.ts";

const { method } = ControlService;

/** In the clear by their nature, for their owner alone. */
const PRIVATE = ["admin.json", "keys.json", "trigger.json"];

const dataDir = join(mkdtempSync(join(tmpdir(), "leaks-")), "data");
let server: ServerProcess;
let github: GithubStandin;
/** By what they are. */
const secrets = new Map<string, string>();
let answers = "";

const noted = (answer: unknown): void => {
  answers += `${typeof answer === "string" ? answer : JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? String(value) : value))}\n`;
};
const failed = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail("it should have failed"),
    (error: unknown) =>
      noted(error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : String(error)),
  );

beforeAll(async () => {
  github = await GithubStandin.start();
  const httpPort = await freePort();
  server = new ServerProcess({
    dataDir,
    httpPort,
    grpcPort: await freePort(),
    env: { ...githubEnv(github, httpPort), SIGNALBOX_LOG_LEVEL: "trace" },
  });
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await github.stop();
});

/** People who sign in, and some who don't get in. What a page shows to who has signed in is for him. */
async function signInByGithub(): Promise<void> {
  const signIn = `${server.httpUrl}/auth/cli`;
  secrets.set("the secret of the OAuth app", github.clientSecret);
  const used = codeOf((await new Browser().signIn(signIn)).text);
  const { connectionToken } = JSON.parse((await exchange(server.httpUrl, used)).text);
  secrets.set("the code that was used", used);
  secrets.set("the token that it was exchanged for", connectionToken);
  secrets.set("the code that is still good", codeOf((await new Browser().signIn(signIn)).text));
  noted((await exchange(server.httpUrl, used)).text);
  noted((await exchange(server.httpUrl, connectionToken)).text);

  const browser = new Browser();
  const begun = await browser.begin(signIn);
  noted([begun.text, begun.headers]);
  const back = await browser.get(String(begun.headers.location));
  const callback = new URL(String(back.headers.location));
  secrets.set("GitHub's code", callback.searchParams.get("code") ?? "");
  github.person = { id: 1, login: "somebody-else" };
  noted((await new Browser().signIn(signIn)).text);
  noted((await new Browser().get(callback.href)).text);
  github.instead.set("/api/v3/user", (request, response) => {
    // GitHub's own token in the place where it hurts.
    response.writeHead(200, { "content-type": "application/json" }).end(request.headers.authorization);
  });
  noted((await browser.get(callback.href)).text);
  github.instead.clear();
  for (const [nth, token] of github.tokens.entries()) secrets.set(`token ${nth} of GitHub`, token);
}

async function live(): Promise<void> {
  const control = await server.control();
  const given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  secrets.set("the secret that was given", given);
  const github = await makeSource(
    { control },
    { slug: "github", scheme: "github", secret: given, tag: "work" },
  );
  const generic = await makeSource({ control }, { slug: "made", tag: "work" });
  secrets.set("the secret that was made", generic.secret);
  for (const label of ["first", "second", "third"]) {
    secrets.set(`the ${label} token`, (await control.call(method.createToken, { label })).token);
  }
  const [first = "", second = "", third = ""] = [...secrets.values()].slice(-3);
  const asking = (token: string) => controlClient({ url: server.grpcUrl, token });

  const link = new LinkClient(server.grpcUrl, first);
  link.hello({ session: "s1", instance: "instance-1", tag: "work" });
  await link.hears("welcome");
  noted((await send(github, "github", "push")).body);
  noted((await send(generic, "generic", "deploy.finished")).body);
  for (const nth of [1, 2]) {
    const { of, content } = await link.hears("deliver", nth);
    noted(content);
    link.say({ case: "held", value: { of } });
    link.say({ case: "surfaced", value: { of } });
    link.say({ case: "extend", value: { of, seconds: 60, waitingFor: `whoever has ${second}` } });
    link.say({ case: "ack", value: { of, summary: `done with ${first} and ${second}`, ready: true } });
    noted(await link.hears("acked", nth));
  }

  // What goes wrong: bad signatures, unknown addresses, dead tokens, secrets in the wrong places.
  noted((await send({ ...generic, secret: `${given}x` }, "generic", "deploy.finished")).body);
  noted((await post(`${generic.url}/${second}`, given, { authorization: `Bearer ${first}` })).body);
  noted((await post(generic.url, `{"not json ${first}`, { "x-signature": given })).body);
  await failed(control.call(method.createSource, { slug: given, scheme: "generic", secret: given }));
  await failed(control.call(method.revokeToken, { id: third }));
  await failed(control.call(method.getPayload, { eventId: first }));

  const rotating = asking(second);
  const { token: rotated } = await rotating.call(method.rotateToken, { label: "again" });
  secrets.set("the rotated token", rotated);
  const after = asking(rotated);
  noted(await after.call(method.getAccount, {}));
  await failed(rotating.call(method.getAccount, {}));
  const { tokens } = await control.call(method.listTokens, {});
  const third_ = tokens.find(({ label }) => label === "third")?.id ?? "";
  const dead = asking(third);
  noted(await control.call(method.revokeToken, { id: third_ }));
  await failed(dead.call(method.listSources, {}));
  for (const client of [rotating, after, dead]) client.close();
  noted(await control.call(method.rotateKeys, {}));
  noted((await send(generic, "generic", "deploy.finished")).body);

  await signInByGithub();

  noted(tokens);
  noted(await control.call(method.listSources, {}));
  noted(await control.call(method.listEvents, { states: ["queued", "acked", "delivered"] }));
  noted(await control.call(method.listHistory, {}));
  noted(await control.call(method.listLanes, {}));
  const here = await home();
  here.env.SIGNALBOX_DATA_DIR = dataDir;
  for (const command of [["events"], ["tokens", "list"], ["keys", "rotate"], ["doctor"]]) {
    const { out, err } = await here.run(...command);
    noted(out + err);
  }
  link.close();
  control.close();
}

function search(where: string, bytes: Buffer): void {
  for (const [name, secret] of secrets) {
    const forms = [
      secret,
      Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      Buffer.from(secret).toString("hex"),
    ];
    for (const form of forms) expect(bytes.includes(form), `${name} stands in ${where}`).toBe(false);
  }
}

test("no secret and no token is in a file, in the log or in an answer", async () => {
  await live();
  expect(secrets.size).toBe(6 + 5 + 4);
  expect([...secrets.values()].every((secret) => secret.length >= 20)).toBe(true);
  const files = () => readdirSync(dataDir).filter((name) => !PRIVATE.includes(name));
  // While it runs, with its log of what was committed last, and after it has left.
  for (const when of ["while it runs", "when it has left"]) {
    expect(files()).toContain("signalbox.db");
    for (const name of files()) search(`${name} ${when}`, readFileSync(join(dataDir, name)));
    if (when === "while it runs") expect(await server.stop()).toBe(0);
  }
  expect(server.output).toContain("webhook refused");
  search("the log", Buffer.from(server.output));
  expect(answers).toContain("deploy.finished");
  search("an answer", Buffer.from(answers));
  // The sieve holds: what must be somewhere is found there.
  expect(() => search("keys", Buffer.from([...secrets.values()].join("\n")))).toThrow();
});
