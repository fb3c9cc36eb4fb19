/** The tools of tokens: what they ask, what they write, and that no token is ever in what they say. */
import { expect, test } from "vitest";
import { Rig } from "./core-rig.ts";
import { deliver, E1, tagOf } from "./event-samples.ts";

const SECRET = `cbt_${"s3cret".repeat(7)}`;
const ISSUED = { id: "tok_2", token: SECRET, label: "laptop", tokens: [] };

async function rigWith(response: object): Promise<Rig> {
  const rig = await Rig.online();
  rig.reply = { kind: "ok", response };
  return rig;
}

const INFO = {
  id: "tok_1",
  label: "laptop",
  role: "session",
  createdAtMs: BigInt(Date.UTC(2026, 0, 31, 8)),
};

test("token_create puts the token into a file, and tells its path and prefix alone", async () => {
  const rig = await rigWith(ISSUED);
  const { text, failed } = await rig.call("token_create", { label: "laptop", session: "deploys" });
  expect(failed).toBe(false);
  expect(rig.asked).toMatchObject([
    { method: "CreateToken", request: { label: "laptop", tags: ["deploys"] } },
  ]);
  expect(text).toContain("/home/me/.claude/channels/signalbox/tok_2.json");
  expect(text).toContain("cbt_s3cr…");
  expect(text).not.toContain(SECRET.slice(0, 12));
  expect(JSON.parse(rig.keeping.kept.get("tok_2.json") ?? "")).toEqual({
    remote: "http://127.0.0.1:4401",
    connectionToken: SECRET,
    session: "deploys",
  });
});

test("a token that could not be written is revoked again", async () => {
  const rig = await rigWith(ISSUED);
  rig.keeping.full = true;
  const { text, failed } = await rig.call("token_create", { label: "laptop" });
  expect(failed).toBe(true);
  expect(text).not.toContain("cbt_");
  expect(rig.asked).toMatchObject([
    { method: "CreateToken" },
    { method: "RevokeToken", request: { id: "tok_2" } },
  ]);
});

test("token_list tells ids, labels and times", async () => {
  const rig = await rigWith({
    tokens: [
      { ...INFO, current: true, links: 2, lastSeenAtMs: BigInt(Date.UTC(2026, 1, 1, 9, 5)) },
      { ...INFO, id: "tok_2", label: "<b>x", tags: ["docs", "deploys"], replaces: "tok_1" },
      { ...INFO, id: "tok_3", role: "admin", label: "" },
    ],
  });
  expect((await rig.call("token_list")).text.split("\n")).toEqual([
    '- tok_1 "laptop" (this session\'s own), every lane, created 2026-01-31T08:00Z, last seen 2026-02-01T09:05Z, 2 links now',
    '- tok_2 "\\u003cb>x", bound to docs deploys, created 2026-01-31T08:00Z, last seen never, takes the place of tok_1 when it is first used',
    "- tok_3 without a label, the local commands', every lane, created 2026-01-31T08:00Z, last seen never",
  ]);
});

test("token_rotate saves the new token before it uses it, and the link goes on", async () => {
  const rig = await rigWith(ISSUED);
  const links = rig.links.length;
  const { text, failed } = await rig.call("token_rotate", { label: "laptop" });
  expect(failed).toBe(false);
  expect(text).toContain("tok_2");
  expect(text).not.toContain("cbt_");
  expect(rig.asked).toMatchObject([
    {
      method: "RotateToken",
      request: { label: "laptop", from: { session: "session-1", instance: "instance-1" } },
    },
    { method: "ListTokens" },
  ]);
  expect(rig.askedBy).toEqual(["cbt_test", SECRET]);
  expect(rig.links).toHaveLength(links);
  expect(rig.link.ended).toBe(false);
});

test("after a rotation what the session leaves is found by its new token", async () => {
  const rig = await rigWith(ISSUED);
  await rig.link.say(deliver(E1));
  await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
  await rig.call("token_rotate");
  expect(rig.disk.files.get("/state/instance-1.json")).toContain(`"fingerprint":"of ${SECRET}"`);
});

test("a configuration that can't be written keeps its token, and the new one is revoked", async () => {
  const rig = await rigWith(ISSUED);
  rig.keeping.full = true;
  const { text, failed } = await rig.call("token_rotate");
  expect(failed).toBe(true);
  expect(text).toContain("the old token stays");
  expect(rig.asked).toMatchObject([
    { method: "RotateToken" },
    { method: "RevokeToken", request: { id: "tok_2" } },
  ]);
  expect(rig.askedBy).toEqual(["cbt_test", "cbt_test"]);
});

test("a configuration that must not be written is told with the cure, and nothing is asked", async () => {
  const rig = await rigWith(ISSUED);
  rig.keeping.hindered = "found by CLAWBACK_CONFIG";
  expect(await rig.call("token_rotate")).toMatchObject({ failed: true, text: "found by CLAWBACK_CONFIG" });
  expect(rig.asked).toEqual([]);
});

test("token_revoke revokes another token, and not the session's own", async () => {
  const rig = await rigWith({ tokens: [{ ...INFO, current: true }], label: "phone", links: 1 });
  expect(await rig.call("token_revoke", { id: "tok_1" })).toMatchObject({
    failed: true,
    text: expect.stringContaining("token_rotate"),
  });
  expect(rig.asked).toMatchObject([{ method: "ListTokens" }]);
  expect((await rig.call("token_revoke", { id: "tok_2" })).text).toBe(
    'tok_2 "phone" is revoked. 1 link was cut off.',
  );
});

const refused = (code: string) =>
  ({ case: "refused", value: { code, message: "m", cure: "Run npm run connect", retry: false } }) as const;

test("a token that was revoked is never shown again; another in the configuration is, within seconds", async () => {
  const rig = await Rig.online();
  await rig.link.say(refused("revoked"));
  const links = rig.links.length;
  expect((await rig.call("event_take")).text).toContain("Run npm run connect");
  await rig.clock.pass(24 * 3_600_000);
  expect((await rig.call("event_take")).text).toContain("Run npm run connect");
  await rig.clock.pass(5_000);
  expect(rig.links).toHaveLength(links);
  await rig.keeping.replace("cbt_test", "cbt_other");
  await rig.clock.pass(3_500);
  expect(rig.links).toHaveLength(links + 1);
  await rig.link.welcome();
  expect(rig.link.ended).toBe(false);
});

test("one that is not known is shown later each time, and at once when somebody asks", async () => {
  const rig = await Rig.online();
  const gaps: number[] = [];
  for (let refusal = 0; refusal < 8; refusal++) {
    const [links, before] = [rig.links.length, rig.clock.monotonic()];
    await rig.link.say(refused("unauthenticated"));
    while (rig.links.length === links) await rig.clock.pass(1_000);
    gaps.push(Math.round((rig.clock.monotonic() - before) / 60_000));
  }
  expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  await rig.link.say(refused("unauthenticated"));
  const links = rig.links.length;
  const asking = rig.call("event_take");
  await rig.clock.pass(100);
  expect(rig.links).toHaveLength(links + 1);
  await rig.link.welcome();
  await rig.clock.pass(60_000);
  expect((await asking).failed).toBe(false);
});
