import { expect, test } from "vitest";
import { Doorkeeper, RATES } from "../../src/auth/doorkeeper.ts";
import { opened } from "../clawback/rig.ts";
import { settle } from "../world/simulated-clock.ts";

test("bad tokens on Clawback's wire are counted like all others, and who was let in before goes on", async () => {
  const { box, token, wire, client } = await opened();
  const isLetIn = ({ heard }: { heard: { type: string }[] }) => heard.some(({ type }) => type === "auth_ok");
  expect(isLetIn(await client())).toBe(true);
  for (let i = 0; i < 60; i++) wire().says({ type: "auth", token: `cbt_wrong${i}` });
  await settle();
  const { secret } = await box.box.tokens.issue(box.box.account.id, "new", "session", []);
  const newcomer = wire();
  newcomer.says({ type: "auth", token: secret });
  await settle();
  expect(isLetIn(newcomer)).toBe(false);
  const again = wire();
  again.says({ type: "auth", token });
  await settle();
  expect(isLetIn(again)).toBe(true);
  await box.clock.pass(60_000);
  const later = wire();
  later.says({ type: "auth", token: secret });
  await settle();
  expect(isLetIn(later)).toBe(true);
});

test("requests on Clawback's wire count among the calls of their account, by whatever link or call they come", async () => {
  const { box, parts, client } = await opened();
  const rates = { ...RATES, callsPerMinute: 60 };
  const doorkeeper = new Doorkeeper(box.clock, rates);
  Object.assign(parts, { doorkeeper });
  const [one, two] = [await client("one"), await client("two")];
  let asked = 0;
  const asks = async (wire: typeof one) => {
    asked += 1;
    const requestId = `r${asked}`;
    wire.says({ type: "cron_list", requestId });
    await settle();
    return wire.heard.find((frame) => frame.requestId === requestId);
  };
  // The control service counts there, too.
  for (let i = 0; i < 58; i++) doorkeeper.call(box.box.account.id);
  expect(await asks(one)).toMatchObject({ data: [] });
  expect(await asks(two)).toMatchObject({ data: [] });
  const tooMany = expect.stringMatching(/asks too often: 60 calls a minute are taken; ask again in \d+ s/);
  expect(await asks(one)).toMatchObject({ data: null, error: tooMany });
  expect(await asks(two)).toMatchObject({ data: null, error: tooMany });
  expect([one.closed, two.closed]).toEqual([null, null]);
  // Another account's calls are its own.
  doorkeeper.call("acc_other");
  await box.clock.pass(1_000);
  expect(await asks(one)).toMatchObject({ data: [] });
});
