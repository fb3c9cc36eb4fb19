import { expect, test } from "vitest";
import { addressOf } from "../../src/ingress/address.ts";

const address = { profileId: "p_abc", slug: "ci" };

test.each([
  "/webhook/p_abc/ci",
  "/webhook/p_abc/ci/",
  "/WebHook/p_abc/ci",
  "/webhook/p_abc/ci?delivery=1",
  "http://box.example:4400/webhook/p_abc/ci",
])("%s is a webhook's address", (target) => {
  expect(addressOf(target)).toEqual(address);
});

test.each([
  "",
  "*",
  "/",
  "/webhook",
  "/webhook/p_abc",
  "/webhook//ci",
  "/webhook/p_abc/ci/more",
  "/x/webhook/p_abc/ci",
])("%j is none", (target) => {
  expect(addressOf(target)).toBeNull();
});
