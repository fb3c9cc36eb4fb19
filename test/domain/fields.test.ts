/** What a route's fields keep of a payload. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { chosen, Fields, onlyFields } from "../../src/domain/fields.ts";
import { cpuMsOf } from "../world/cpu-time.ts";

const PUSH = {
  ref: "refs/heads/main",
  repository: { full_name: "acme/shop", owner: { login: "acme", id: 7 } },
  commits: [
    { id: "a1", message: "One", added: ["x"] },
    { id: "b2", message: "Two", added: [] },
  ],
  "a/b~c": 1,
};

test("a pointer keeps what it names, where it was", () => {
  expect(chosen(PUSH, ["/ref", "/repository/owner/login"])).toEqual({
    ref: "refs/heads/main",
    repository: { owner: { login: "acme" } },
  });
});

test("a star stands for each element of an array, a number for one of them", () => {
  expect(chosen(PUSH, ["/commits/*/message"])).toEqual({ commits: [{ message: "One" }, { message: "Two" }] });
  expect(chosen(PUSH, ["/commits/1/id"])).toEqual({ commits: [{ id: "b2" }] });
  expect(chosen(PUSH, ["/commits/*/id", "/commits/0/message"])).toEqual({
    commits: [{ id: "a1", message: "One" }, { id: "b2" }],
  });
  // Outside of an array it is a name like any other.
  expect(chosen({ "*": 1, a: 2 }, ["/*"])).toEqual({ "*": 1 });
});

test("the whole of a thing includes its parts, in whatever order they are named", () => {
  for (const fields of [
    ["/repository", "/repository/owner/id"],
    ["/repository/owner/id", "/repository"],
  ]) {
    expect(chosen(PUSH, fields)).toEqual({ repository: PUSH.repository });
  }
});

test("what is not there is left out, null is something, and escapes are read", () => {
  expect(chosen({ a: null }, ["/a", "/b", "/a/c"])).toEqual({ a: null });
  expect(chosen(PUSH, ["/a~1b~0c"])).toEqual({ "a/b~c": 1 });
  expect(chosen(PUSH, ["/nothing"])).toBeUndefined();
  expect(chosen("text", ["/a"])).toBeUndefined();
});

test("no prototype is reached, and `__proto__` is a name", () => {
  expect(chosen({}, ["/constructor", "/__proto__/polluted"])).toBeUndefined();
  const own: unknown = JSON.parse('{"__proto__":{"polluted":1}}');
  const kept = chosen(own, ["/__proto__"]);
  expect(JSON.stringify(kept)).toBe('{"__proto__":{"polluted":1}}');
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("a hundred fields of each of very many elements cost little more than the parsing", async () => {
  const fields = Array.from({ length: 100 }, (_, i) => `/*/field${i}`);
  for (const element of ["{}", "1"]) {
    const payload = `[${Array(100_000).fill(element).join(",")}]`;
    const json: unknown = JSON.parse(payload);
    const parsing = await cpuMsOf(() => JSON.parse(payload));
    expect(await cpuMsOf(() => onlyFields({ payload, json }, fields))).toBeLessThan(20 * parsing + 20);
  }
});

test("of a payload that is no JSON nothing is kept, and one that is too deep stays whole", () => {
  expect(onlyFields({ payload: "plain text", json: undefined }, ["/a"])).toBe("");
  const payload = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(onlyFields({ payload, json: JSON.parse(payload) }, ["/a"])).toBe(payload);
});

test("what is kept is in the payload, and choosing again changes nothing", () => {
  const field = fc
    .array(fc.constantFrom("a", "b", "*", "0", "1"), { minLength: 1, maxLength: 4 })
    .map((tokens) => `/${tokens.join("/")}`);
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "*"), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(json, fc.array(field, { minLength: 1, maxLength: 5 }), (given, fields) => {
      const kept = chosen(given, fields);
      if (kept === undefined) return;
      expect(leavesOf(given)).toEqual(expect.arrayContaining(leavesOf(kept)));
      // Numbers name other elements once some are left out.
      if (!fields.some((name) => /\/[01]/.test(name))) expect(chosen(kept, fields)).toEqual(kept);
    }),
  );
});

const leavesOf = (json: unknown): unknown[] =>
  typeof json === "object" && json !== null && Object.keys(json).length > 0
    ? Object.values(json).flatMap(leavesOf)
    : [json];

test("a field that is no pointer is told what one looks like", () => {
  for (const wrong of ["title", "", "/a/~2", "a.b"]) {
    const { error } = Fields.safeParse([wrong]);
    expect(error?.issues[0]?.message).toContain("such as /pull_request/title");
  }
  expect(Fields.safeParse([]).success).toBe(false);
});
