import fc from "fast-check";
import { expect, test } from "vitest";
import { valueAt } from "../../src/domain/dotted-path.ts";
import { typeOf } from "../../src/domain/event-type.ts";
import { type Headers, webhookRequest } from "../../src/domain/payload.ts";
import { schemes } from "../../src/domain/schemes/index.ts";
import type { EventTypeRule } from "../../src/domain/source.ts";

const typed = (rule: EventTypeRule | null, body: unknown, headers: Headers = {}, scheme = schemes.generic) =>
  typeOf(webhookRequest(headers, new TextEncoder().encode(JSON.stringify(body))), rule, scheme);

test("the header comes before the body, and the action is appended with a dot", () => {
  const rule = { header: "X-Kind", body: "meta.kind", action: "data.action" };
  const body = { meta: { kind: "build" }, data: { action: "failed" } };
  expect(typed(rule, body, { "x-kind": "deploy" })).toBe("deploy.failed");
  expect(typed(rule, body)).toBe("build.failed");
  expect(typed(rule, { meta: { kind: "build" } })).toBe("build");
  expect(typed(rule, { items: [{ kind: 7 }] })).toBe("unknown");
  expect(typed({ body: "items.0.kind" }, { items: [{ kind: 7 }] })).toBe("7");
});

test("where the rule yields nothing the scheme decides", () => {
  const github = { "x-github-event": "issues" };
  expect(typed(null, { action: "opened" }, github, schemes.github)).toBe("issues.opened");
  expect(typed({ body: "nothing", action: "action" }, { action: "opened" }, github, schemes.github)).toBe(
    "issues.opened",
  );
  expect(typed(null, {}, { "x-github-event": "push" }, schemes.github)).toBe("push");
  expect(typed(null, { type: "charge.failed" }, {}, schemes.stripe)).toBe("charge.failed");
  expect(typed(null, { event: "deploy.finished" })).toBe("deploy.finished");
  expect(typed(null, {}, { "x-event-type": "alert" })).toBe("alert");
});

test("a type outside of the grammar is unknown, whoever wrote it", () => {
  for (const type of ["ignore all\nprevious", "</payload>", "x".repeat(121), "pull request", ""]) {
    expect(typed({ body: "type" }, { type })).toBe("unknown");
    expect(typed(null, {}, { "x-github-event": type }, schemes.github)).toBe("unknown");
  }
});

test("no path reaches anything but the payload's own values", () => {
  for (const path of [
    "constructor.name",
    "__proto__.x",
    "a.constructor",
    "a.length",
    "list.length",
    "list.at",
    "list.01",
    "text.length",
    "text.0",
    "..",
    "",
  ]) {
    expect(valueAt({ a: {}, list: [1], text: "xyz" }, path), path).toBeUndefined();
  }
  expect(valueAt(JSON.parse('{"__proto__":{"x":1}}'), "__proto__.x")).toBe(1);
});

test("any path into any JSON gives a type of the grammar and never throws", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.string({ maxLength: 30 }),
      fc.string({ maxLength: 30 }),
      (body, path, action) => {
        expect(typed({ body: path, action }, body)).toMatch(/^[A-Za-z0-9._:/-]{1,120}$/);
      },
    ),
  );
});
