import { expect, test } from "vitest";
import { outcome, signed, typeAndId } from "./asked.ts";

const name = "bitbucket";

test("the example of Bitbucket's documentation is verified", () => {
  // https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/, the same as Jira's.
  const headers = {
    "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9",
  };
  const asked = { name, headers, secrets: ["It's a Secret to Everybody"] } as const;
  expect(outcome({ ...asked, body: "Hello World!" })).toBe("event");
  expect(outcome({ ...asked, body: "Hello World?" })).toBe("bad_signature");
});

test("type and delivery id stand in the headers", () => {
  const headers = { "x-event-key": "repo:push", "x-request-uuid": "86700fda-6ff6-4e3b" };
  expect(typeAndId(signed({ name, headers }))).toEqual(["repo:push", "86700fda-6ff6-4e3b"]);
});
