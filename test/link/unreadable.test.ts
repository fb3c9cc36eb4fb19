/** Records that can't be read, as plugins and commands meet them. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { GetAccountRequestSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { getAccount } from "../../src/api/account-calls.ts";
import { SignalboxError } from "../../src/domain/errors.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { Box } from "../world/box.ts";

test("an event in hand that can't be read doesn't keep its account's sessions from being told of", async () => {
  const unreadable = new SignalboxError("unavailable", "unreadable_record", "it can't be read", "Mend it");
  let damaged = false;
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      claimOf: (account, session) =>
        damaged && session === "s1" ? Promise.reject(unreadable) : store.claimOf(account, session),
    }),
  });
  for (const session of ["s1", "s2"]) {
    await box.arrives({ lane: `tag:${session}` });
    await box.plugin({ session, instance: `instance-${session}`, lane: `tag:${session}` }).connect();
  }
  damaged = true;
  const { account, tokens } = box.box;
  const { token } = await tokens.issue(account.id, "test", "session", []);
  const parts = { ...box.box, store: box.store, serverVersion: "0", protocol: 1 };
  const { sessions } = await getAccount(parts)({ account, token }, create(GetAccountRequestSchema));
  expect(sessions.map(({ session, inHand }) => [session, inHand !== ""])).toEqual([
    ["s1", false],
    ["s2", true],
  ]);
});

test("a store whose own account is gone is refused, instead of being begun anew", async () => {
  const wrap = (store: Store): Store => ({
    ...store,
    accounts: async () => (await store.accounts()).map((account) => ({ ...account, label: "another" })),
  });
  const folder = mkdtempSync(join(tmpdir(), "unreadable-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "box.db");
  await (await Box.start({ path })).kill();
  await expect(Box.start({ path, wrap })).rejects.toMatchObject({ code: "no_local_account" });
});
