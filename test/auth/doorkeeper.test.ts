import { join } from "node:path";
import { expect, test } from "vitest";
import { senderOf } from "../../src/auth/address.ts";
import { Doorkeeper } from "../../src/auth/doorkeeper.ts";
import { Rate } from "../../src/auth/rate.ts";
import { notAccepted } from "../../src/services/token-trouble.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { Box } from "../world/box.ts";
import { SimulatedClock } from "../world/simulated-clock.ts";

const RATES = { failedTokensPerMinute: 6, callsPerMinute: 60, signInsPerMinute: 3 };
const bad = () => Promise.reject(notAccepted());
const good = async () => "in";

function door() {
  const clock = new SimulatedClock();
  const keeper = new Doorkeeper(clock, RATES);
  const fail = (peer: string) => keeper.letIn(peer, "cbt_wrong", bad).catch((error: unknown) => error);
  return { clock, keeper, fail };
}

test("an address that shows too many bad tokens is not looked up until it has been quiet", async () => {
  const { clock, keeper, fail } = door();
  for (let i = 0; i < 6; i++) expect(await fail(`10.0.0.1:${i}`)).toMatchObject({ code: "unauthenticated" });
  let asked = 0;
  const refused = keeper.letIn("10.0.0.1:99", "cbt_new", async () => ++asked);
  await expect(refused).rejects.toMatchObject({ code: "too_many_failures", retryAfterSeconds: 10 });
  expect(asked).toBe(0);
  // Another one is none of this.
  expect(await keeper.letIn("10.0.0.2:1", "cbt_new", good)).toBe("in");
  await clock.pass(10_000);
  expect(await keeper.letIn("10.0.0.1:1", "cbt_other", good)).toBe("in");
});

test("a token that was accepted before passes whatever its neighbours do, and no more once it fails", async () => {
  const { keeper, fail } = door();
  await keeper.letIn("127.0.0.1:1", "cbt_mine", good);
  for (let i = 0; i < 6; i++) await fail("127.0.0.1:2");
  expect(await keeper.letIn("127.0.0.1:3", "cbt_mine", good)).toBe("in");
  await expect(keeper.letIn("127.0.0.1:3", "cbt_mine", bad)).rejects.toMatchObject({
    code: "unauthenticated",
  });
  await expect(keeper.letIn("127.0.0.1:3", "cbt_mine", good)).rejects.toMatchObject({
    code: "too_many_failures",
  });
});

test("a token that was seen before a restart passes after it, whatever its neighbours do", async () => {
  const path = join(await temporaryFolder(), "box.db");
  const first = await Box.start({ path });
  const issue = () => first.box.tokens.issue(first.box.account.id, "laptop", "session", []);
  const [seen, unseen] = [await issue(), await issue()];
  await first.box.tokens.authenticate(seen.secret);
  await first.kill();
  const { box, ...second } = await Box.start({ path });
  const enters = (secret: string) =>
    box.doorkeeper.letIn("127.0.0.1:1", secret, () => box.tokens.authenticate(secret));
  for (let i = 0; i < 60; i++) await enters("cbt_wrong").catch(() => {});
  expect((await enters(seen.secret)).id).toBe(seen.token.id);
  await expect(enters(unseen.secret)).rejects.toMatchObject({ code: "too_many_failures" });
  await box.stop();
  await second.store.close();
});

test("a store that fails is no bad token", async () => {
  const { keeper } = door();
  const broken = () => Promise.reject(new Error("the disk is gone"));
  for (let i = 0; i < 20; i++) await keeper.letIn("10.0.0.1:1", "cbt_x", broken).catch(() => {});
  expect(await keeper.letIn("10.0.0.1:1", "cbt_y", good)).toBe("in");
});

test("an account's calls are bounded, and each account's alone", async () => {
  const { clock, keeper } = door();
  for (let i = 0; i < 60; i++) keeper.call("acc_1");
  expect(() => keeper.call("acc_1")).toThrow(expect.objectContaining({ kind: "full", retryAfterSeconds: 1 }));
  keeper.call("acc_2");
  await clock.pass(2_000);
  keeper.call("acc_1");
  keeper.call("acc_1");
  expect(() => keeper.call("acc_1")).toThrow(expect.objectContaining({ code: "too_many_calls" }));
});

test("a million addresses cost no more memory than ten thousand", () => {
  const rate = new Rate(new SimulatedClock(), 60);
  for (let i = 0; i < 30_000; i++) rate.count(`sender-${i}`);
  expect(rate.size).toBe(10_000);
});

test.each([
  ["10.0.0.1:4711", "10.0.0.1"],
  ["::ffff:10.0.0.1:4711", "10.0.0.1"],
  ["2001:db8:1:2:3:4:5:6:4711", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9:4711", "2001:db8:1:2::/64"],
  ["[2001:db8::1]:4711", "2001:db8:0:0::/64"],
  ["::1:4711", "0:0:0:0::/64"],
])("%s counts as %s", (peer, sender) => expect(senderOf(peer)).toBe(sender));
