/**
 * token_rotate against a real server, with real files: the plugin may be killed between any two steps, and whoever starts next
 * with the same configuration is let in.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Box, BoxPorts } from "../../plugin/src/core/box.ts";
import { tokenKeepingFrom } from "../../plugin/src/edges/token-keeping.ts";
import { ControlService, type TokenInfo } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { until } from "../world/until.ts";
import { callTool, online, realSession } from "./real-session.ts";

const { method } = ControlService;

let server: TestServer;
let folder: string;
let old: { id: string; token: string };
const boxes: Box[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, "config.json");
const inFile = (): string => JSON.parse(readFileSync(path(), "utf8")).connectionToken;

async function configured(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), "rotation-"));
  old = await server.control.call(method.createToken, { label: "laptop" });
  const configuration = { remote: server.running.grpcUrl, connectionToken: old.token };
  writeFileSync(path(), JSON.stringify(configuration), { mode: 0o600 });
}

async function session(name: string, more: Partial<BoxPorts> = {}): Promise<Box> {
  const box = await realSession(name, path(), more);
  boxes.push(box);
  return box;
}

const tokens = async (): Promise<TokenInfo[]> => (await server.control.call(method.listTokens, {})).tokens;

const never = (): Promise<never> => new Promise(() => {});

test("all sessions of the file go on with the new token, and the old one is good for nothing", async () => {
  await configured();
  const [mine, other] = [await session("a"), await session("b")];
  expect(await callTool(mine, "token_rotate")).toContain("The old one is revoked");
  expect(inFile()).not.toBe(old.token);
  await until(async () => {
    const all = await tokens();
    return all.some(({ label, links }) => label === "laptop" && links === 2);
  }, "both links, by the new token");
  for (const box of [mine, other]) await online(box);
  expect((await tokens()).map(({ id }) => id)).not.toContain(old.id);
});

const isMade = async () => (await tokens()).some(({ replaces }) => replaces === old.id);

const KILLED: [when: string, dying: () => Partial<BoxPorts>, reached: () => boolean | Promise<boolean>][] = [
  [
    "the new token was made",
    () => ({ tokenKeeping: { ...tokenKeepingFrom({ SIGNALBOX_CONFIG: path() }), replace: never } }),
    isMade,
  ],
  [
    "it was saved",
    () => {
      const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path() });
      const replace = (from: string, to: string) => keeping.replace(from, to).then(never);
      return { tokenKeeping: { ...keeping, replace } };
    },
    () => inFile() !== old.token,
  ],
];

test.each(KILLED)("a plugin that is killed when %s locks nobody out", async (_, ports, reached) => {
  await configured();
  const dying = await session("a", ports());
  const other = await session("b");
  void callTool(dying, "token_rotate");
  await until(reached, "the moment of its death");
  boxes.splice(boxes.indexOf(dying), 1);
  dying.close();
  await online(other);
  await session("c");
  expect(await callTool(other, "token_rotate")).toContain("The old one is revoked");
  await online(await session("d"));
});
