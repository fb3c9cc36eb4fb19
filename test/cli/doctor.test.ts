import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { LaneSchema, SessionInfoSchema, SourceSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { CLONE } from "../../src/cli/plugin-installation.ts";
import { type Home, home, noteInstalled, oldCopy, standInClaude } from "./command-line.ts";
import { type ControlServer, controlServer } from "./control-server.ts";

async function healthy(): Promise<{ at: Home; server: ControlServer }> {
  const server = await controlServer();
  const http = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  // An address, because it listens on a port.
  const httpUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const at = await home({ grpcUrl: server.url, httpUrl });
  await symlink(process.execPath, join(at.folder, "bin", "node"));
  await standInClaude(at, 'echo "signalbox@signalbox"');
  await noteInstalled(at, join(CLONE, "plugin"));
  await at.run("connect");
  const session = {
    session: "s1",
    lane: "tag:",
    state: "online",
    way: "wake",
    waiter: true,
    project: "shop",
  };
  server.sessions = [create(SessionInfoSchema, session)];
  return { at, server };
}

const failures = (out: string) => out.split("\n").filter((line) => line.startsWith("fail"));

test("where all is well, every line is ok and the exit code 0", async () => {
  const { at } = await healthy();
  const said = await at.run("doctor");
  expect(failures(said.out)).toEqual([]);
  expect(said.code).toBe(0);
  expect(said.out).toContain("is installed, and is this clone's");
  expect(said.out).toContain("session s1 (shop, lane (untagged)) is online, with a waiter");
  expect(said.out).not.toContain("cbt_");
});

test.each([
  [{ interruptible: true, hooks: true }, "an interrupt stops what it works on, at its next tool call"],
  [
    { hooks: true },
    "an interrupt waits until it is done with what it has in hand (its hooks can't stop a turn now)",
  ],
  [
    {},
    "an interrupt waits until it is done with what it has in hand (no hooks of the plugin have called there)",
  ],
])("of each session that is online it tells whether it can be interrupted: %j", async (more, words) => {
  const { at, server } = await healthy();
  server.sessions = [
    create(SessionInfoSchema, { session: "s1", lane: "tag:", state: "online", way: "channel", ...more }),
  ];
  const { out } = await at.run("doctor");
  expect(
    out.split("\n").filter((line) => line.startsWith("ok") && line.endsWith(`is online; ${words}`)),
  ).toHaveLength(1);
});

test("it knows what verifies the sources, and which of them nothing does", async () => {
  const { at, server } = await healthy();
  const source = { secrets: 1, heardAtMs: 1n };
  server.sources = [
    create(SourceSchema, { ...source, id: "src_1", slug: "one", scheme: "github" }),
    create(SourceSchema, { ...source, id: "src_2", slug: "open", scheme: "none", secrets: 0 }),
    create(SourceSchema, { ...source, id: "src_3", slug: "two", scheme: "github" }),
    create(SourceSchema, { ...source, id: "src_4", slug: "pay", scheme: "stripe", secrets: 0 }),
  ];
  const { out } = await at.run("doctor");
  expect(out).toMatch(/^ok {4}sources by what verifies their requests: github 2, none 1, stripe 1$/m);
  expect(out).toMatch(/^warn {2}source open \(src_2\) verifies nothing.*\n +→ .*source_update/m);
  expect(out).toMatch(
    /^warn {2}source pay \(src_4\) has no secret yet.*\n +→ Copy the secret that stripe shows/m,
  );
  expect(out).not.toMatch(/source (one|two) /);
});

test("a server that is down fails with its cure", async () => {
  const { at, server } = await healthy();
  server.close();
  const said = await at.run("doctor");
  expect(said.code).toBe(1);
  expect(said.out).toContain("npm start");
});

test("a configuration that others can read fails with the command that mends it", async () => {
  const { at } = await healthy();
  await chmod(at.configuration, 0o644);
  const said = await at.run("doctor");
  expect(said.code).toBe(1);
  // To be copied: nothing stands behind it.
  expect(said.out).toContain(`→ chmod 600 ${at.configuration}\n`);
});

test("a dead token fails", async () => {
  const { at, server } = await healthy();
  server.tokens.delete("cbt_made_1");
  const said = await at.run("doctor");
  expect(failures(said.out)).toEqual([expect.stringContaining("its token is not valid")]);
});

test.each([
  ["an address that is none", { remote: "bogus", connectionToken: "cbt_x" }, 'its remote "bogus"'],
  [
    "a server that does not answer",
    { remote: "http://127.0.0.1:1", connectionToken: "cbt_x" },
    "that it names",
  ],
])("a configuration with %s fails with its cure, and the rest is still checked", async (_, content, what) => {
  const { at } = await healthy();
  await writeFile(at.configuration, JSON.stringify(content));
  const said = await at.run("doctor");
  expect(said).toMatchObject({ code: 1, err: "" });
  expect(failures(said.out)).toEqual([expect.stringContaining(what)]);
  expect(said.out).toContain("npm run connect");
  expect(said.out).toContain("is installed");
});

test("a configuration that can't be read fails, and the rest is still checked", async () => {
  const { at } = await healthy();
  await rm(at.configuration);
  await mkdir(at.configuration, { mode: 0o700 });
  const said = await at.run("doctor");
  expect(said).toMatchObject({ code: 1, err: "" });
  expect(failures(said.out)).toEqual([expect.stringContaining("can't read")]);
  expect(said.out).toContain("is installed");
});

test("promise 13: a deaf session is named with its cure", async () => {
  const { at, server } = await healthy();
  server.sessions = [
    create(SessionInfoSchema, { session: "s1", state: "deaf", cure: "type something there" }),
  ];
  expect((await at.run("doctor")).out).toMatch(/warn {2}session s1 .* is deaf\n +→ type something there$/m);
});

test.each([
  [1, 1, "fail", "no secret of source gh (src_1) can be opened"],
  [2, 1, "warn", "1 of 2 secrets of source gh (src_1) can't be opened"],
])("a source of whose %i secrets %i can't be opened is told (%s)", async (secrets, lost, kind, what) => {
  const { at, server } = await healthy();
  server.sources = [create(SourceSchema, { id: "src_1", slug: "gh", secrets, unreadableSecrets: lost })];
  const said = await at.run("doctor");
  expect(said.out).toContain(`${kind}  ${what}`);
  expect(said.out).toMatch(/keys\.json.*source_create/);
  expect(said.code).toBe(kind === "fail" ? 1 : 0);
});

test.each([
  [
    { heardAtMs: 0n, url: "http://box/webhook/p_1/gh" },
    "has never heard from its provider",
    "http://box/webhook/p_1/gh",
  ],
  [
    { heardAtMs: 1n, refused: 3, refusedCode: "bad_signature" },
    "the last 3 requests to source gh (src_1) were refused: bad_signature",
    "the source's secret",
  ],
] as const)(
  "a provider that sends nothing that is accepted is told, with what to do (%#)",
  async (source, what, cure) => {
    const { at, server } = await healthy();
    server.sources = [create(SourceSchema, { id: "src_1", slug: "gh", secrets: 1, ...source })];
    const said = await at.run("doctor");
    expect(said.out).toContain(what);
    expect(said.out).toContain(cure);
    expect(said.code).toBe(0);

    server.sources = [create(SourceSchema, { id: "src_1", slug: "gh", secrets: 1, heardAtMs: 1n })];
    expect((await at.run("doctor")).out).not.toContain("gh (src_1)");
  },
);

test("a lane that is paused, or was full, is told, with what lets it go on", async () => {
  const { at, server } = await healthy();
  server.lanes = [
    create(LaneSchema, {
      lane: "tag:deploys",
      paused: true,
      pausedAtMs: BigInt(Date.UTC(2026, 0, 2)),
      pausedBy: "laptop",
      pauseReason: "release",
      waiting: 3,
      maxDepth: 5,
      refused: 2,
    }),
  ];
  const said = await at.run("doctor");
  expect(said.out).toMatch(/warn {2}lane deploys is paused since 2026-01-02 .*\n +→ Call lane_resume/);
  expect(said.out).toMatch(/warn {2}lane deploys was full \(5\) and has refused 2 events/);
  expect(said.code).toBe(0);
});

test("a plugin that is not installed fails", async () => {
  const { at } = await healthy();
  await standInClaude(at, 'echo "other@market"');
  expect(failures((await at.run("doctor")).out)).toEqual([expect.stringContaining("is not installed")]);
});

test("a plugin of which Claude Code has another copy than this clone's is warned of, with what to do", async () => {
  const { at } = await healthy();
  const copy = await oldCopy(at);
  await noteInstalled(at, copy);
  expect((await at.run("doctor")).out).toMatch(
    /warn {2}the plugin .* its copy in .*cache\/signalbox is not this clone's\n +→ .*npm run connect.*start your sessions again/,
  );
});

test.each(["{", '{"plugins":[]}', '{"plugins":{}}'])(
  "a list of the client's that says nothing of it (%s) concludes nothing",
  async (text) => {
    const { at } = await healthy();
    await writeFile(join(at.folder, ".claude", "plugins", "installed_plugins.json"), text);
    const said = await at.run("doctor");
    expect(said.out).toContain("whether it is this clone's can't be told");
    expect(said.code).toBe(0);
  },
);

test("a Claude Code that is older than the plugin was tried with is warned of", async () => {
  const { at } = await healthy();
  await standInClaude(at, 'echo "signalbox@signalbox"', "2.1.100 (Claude Code)");
  expect((await at.run("doctor")).out).toMatch(
    /warn {2}Claude Code 2\.1\.100 is older than 2\.1\.329.*\n +→ .*claude update/,
  );
});

test("with nothing set up at all, each part is told and nothing breaks", async () => {
  const at = await home();
  const said = await at.run("doctor");
  expect(said.code).toBe(1);
  expect(said.err).toBe("");
  expect(failures(said.out).length).toBeGreaterThanOrEqual(2);
});
