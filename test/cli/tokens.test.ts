import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { home } from "./command-line.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function run(...args: string[]) {
  const here = await home();
  here.env.SIGNALBOX_DATA_DIR = server.dataDir;
  return here.run("tokens", ...args);
}

const isGood = async (token: string): Promise<boolean> => {
  const client = controlClient({ url: server.running.grpcUrl, token });
  const asked = client.call(ControlService.method.getAccount, {});
  return asked
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.close());
};

test("a token is made, listed without itself, and revoked", async () => {
  const made = await run("create", "phone", "--session", "docs");
  const [, id = "", token = ""] = /^(tok_\S+), shown only now:\n(cbt_\S+)\n$/.exec(made.out) ?? [];
  expect(await isGood(token)).toBe(true);
  const listed = await run("list");
  expect(listed.out).toMatch(new RegExp(`${id} +phone +docs +2\\S+Z +2\\S+Z`));
  expect(listed.out).toMatch(/local commands +all \(local commands\)/);
  expect(listed.out).not.toContain("cbt_");
  expect(await run("revoke", id)).toMatchObject({ code: 0, out: `${id} (phone) is revoked.\n` });
  expect(await isGood(token)).toBe(false);
  expect((await run("list")).out).not.toContain(id);
});

test("the token of the commands themselves can't be revoked", async () => {
  const { tokens } = await server.control.call(ControlService.method.listTokens, {});
  const id = tokens.find(({ role }) => role === "admin")?.id ?? "";
  expect(await run("revoke", id)).toMatchObject({ code: 1, err: expect.stringContaining("admin.json") });
  expect((await run("list")).code).toBe(0);
});

test.each([
  [["create"]],
  [["revoke"]],
  [["drop", "x"]],
  [["list", "x"]],
  [["revoke", "x", "--session", "y"]],
])("%j is refused, and nothing is asked", async (args) => {
  expect(await run(...args)).toMatchObject({ code: 1, err: expect.stringContaining("tokens takes") });
});
