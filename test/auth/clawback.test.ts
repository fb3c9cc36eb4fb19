import { expect, test } from "vitest";
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
