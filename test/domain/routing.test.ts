import { expect, test } from "vitest";
import { route } from "../../src/domain/routing.ts";

const routes = {
  "pull_request.*": "/pull-request",
  "pull_request.opened": "/review",
  "a.*": "/a",
  "a.b.*": "/a-b",
  "*": "/anything",
};
const prompt = (type: string, of: Record<string, string> = routes) => {
  const { routing: routed } = route({ routes: of, skill: "/skill" }, type);
  return routed.kind === "routed" ? routed.prompt : routed.reason;
};

test("an exact route beats a prefix, a longer prefix a shorter one, and all beat the star", () => {
  expect(
    ["pull_request.opened", "pull_request.closed", "a.b.c", "a.x", "push"].map((type) => prompt(type)),
  ).toEqual(["/review", "/pull-request", "/a-b", "/a", "/anything"]);
});

test("a prefix ends at a dot, and does not match itself alone", () => {
  expect(["ab.c", "a", "a.b"].map((type) => prompt(type, { "a.*": "/a" }))).toEqual([
    "no_route",
    "no_route",
    "/a",
  ]);
});

test("without a route that matches the event is dropped; without routes the skill is put before it", () => {
  expect(route({ routes: { push: "/x" }, skill: "/skill" }, "issues.opened").routing).toEqual({
    kind: "dropped",
    reason: "no_route",
  });
  for (const none of [null, {}]) {
    const routed = (skill: string | null) => route({ routes: none, skill }, "push");
    expect(routed("/skill")).toEqual({ routing: { kind: "routed", prompt: "/skill" }, rule: {} });
    expect(routed(null)).toEqual({ routing: { kind: "routed", prompt: null }, rule: {} });
  }
});

test("a route may say more than a prompt", () => {
  const rule = { priority: "interrupt", tag: "oncall", fields: ["/action"] } as const;
  const routes = { push: { prompt: "/look", ...rule, fields: [...rule.fields] }, "*": { tag: "" } };
  const of = (type: string) => route({ routes, skill: "/skill" }, type);
  expect(of("push")).toEqual({ routing: { kind: "routed", prompt: "/look" }, rule });
  expect(of("issues")).toEqual({ routing: { kind: "routed", prompt: null }, rule: { tag: "" } });
});

test("a type that every object has is no route, and an empty prompt is none", () => {
  for (const type of ["constructor", "__proto__", "toString"])
    expect(prompt(type, { push: "/x" })).toBe("no_route");
  expect(prompt("push", { push: "" })).toBeNull();
});
