/** What the docs show is what happens: every call of a tool, every route with the samples of its provider, every command. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Box } from "../../plugin/src/core/box.ts";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { sampleTypes } from "../../src/domain/samples/index.ts";
import { schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES } from "../../src/domain/source.ts";
import { realSession } from "../plugin/real-session.ts";
import { send, startServer, type TestServer } from "../world/server.ts";

const root = join(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  "plugin/README.md",
  ...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
];
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

interface Example {
  page: string;
  tool: string;
  /** As it stands there. */
  words: string;
}

/** Each `tool_name { … }` of a page, up to the brace that closes it. */
function examplesOf(page: string): Example[] {
  const text = textOf(page).replace(/```mermaid[\s\S]*?```/g, "");
  return [...text.matchAll(/\b([a-z]+_[a-z]+) (?=\{)/g)].map(({ 0: all, 1: tool = "", index }) => {
    const rest = text.slice(index + all.length);
    return { page, tool, words: rest.slice(0, lengthOf(rest)) };
  });
}

function lengthOf(text: string): number {
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    depth += part === "{" ? 1 : part === "}" ? -1 : 0;
    if (depth === 0) return index + 1;
  }
  throw new Error(`a brace is not closed: ${text.slice(0, 80)}`);
}

const ALL = PAGES.flatMap(examplesOf);
/** `{ session, reason }`: names alone. */
const SHAPES = ALL.filter(({ words }) => /^\{ \w+(?:, \w+)* \}$/.test(words));
const CALLS = ALL.filter((one) => !SHAPES.includes(one));

const Routes = z.record(
  z.string(),
  z.union([
    z.string(),
    z.looseObject({
      fields: z.array(z.string()).default([]),
      session: z.string().optional(),
      priority: z.string().optional(),
    }),
  ]),
);
const Arguments = z.looseObject({
  slug: z.string().optional(),
  type: z.enum(SCHEMES).optional(),
  secret: z.string().optional(),
  routes: Routes.optional(),
});

let server: TestServer;
let box: Box;

beforeAll(async () => {
  server = await startServer();
  const { token } = await server.control.call(ControlService.method.createToken, { label: "docs" });
  const path = join(mkdtempSync(join(tmpdir(), "docs-")), "config.json");
  const configuration = { remote: server.running.grpcUrl, connectionToken: token };
  writeFileSync(path, JSON.stringify(configuration), { mode: 0o600 });
  box = await realSession("docs", path);
});
afterAll(async () => {
  box.close();
  await server.stop();
});

/** With a secret that can be right where the page has none that could be, and the id of a source where it has none. */
async function argumentsOf({ tool, words }: Example) {
  const args = Arguments.parse(JSON.parse(words.replaceAll("{ … }", "{}")));
  if (args.id === "src_…")
    args.id = (await server.control.call(ControlService.method.listSources, {})).sources[0]?.id;
  const { make } = schemes[args.type ?? "generic"].secret;
  if (tool === "source_create" && args.type !== "none") args.secret = make(Buffer.alloc(32, 7));
  return args;
}

const call = async (tool: string, args: object) => box.call(tool, args, new AbortController().signal);

test("the pages have examples, and those of routes are for all the usual senders", () => {
  expect(CALLS.length).toBeGreaterThan(12);
  const types = CALLS.filter(({ page }) => page === "docs/routes.md").map(
    ({ words }) => /"type": "(\w+)"/.exec(words)?.[1],
  );
  for (const type of ["github", "stripe", "sentry", "slack", "linear", "gitlab", "generic"])
    expect(types).toContain(type);
});

test.each(SHAPES)("$page: the arguments of $tool $words are there", ({ tool, words }) => {
  const known = Object.keys(box.tools.find(({ name }) => name === tool)?.input.shape ?? {});
  for (const name of words.match(/\w+/g) ?? []) expect(known).toContain(name);
});

describe.each(CALLS)("$page: $tool $words", (example) => {
  test("is accepted as it stands there", async () => {
    // What names a source needs one.
    await call("source_create", { slug: "any" });
    const { text, failed } = await call(example.tool, await argumentsOf(example));
    expect(failed, text).toBe(false);
  });

  test("has a route for what its provider sends, and each of its fields is in it", async () => {
    const { slug, type, routes, ...more } = await argumentsOf(example);
    if (example.tool !== "source_create" || type === undefined || routes === undefined) return;
    const { text } = await call("source_create", { slug, type, routes, ...more });
    const url = /URL: (\S+)/.exec(text)?.[1] ?? "";
    const wanted = new Set<string>();
    for (const sample of sampleTypes(type)) {
      const { body } = await send({ url, secret: String(more.secret) }, type, sample);
      if (type !== "slack" && body.status === "dropped") continue;
      await look(routes, wanted);
    }
    expect([...wanted].sort()).toEqual(Object.keys(routes).sort());
  });
});

/** What the newest event has become by these routes; the one that it took is noted. */
async function look(routes: z.output<typeof Routes>, wanted: Set<string>): Promise<void> {
  const { events } = await server.control.call(ControlService.method.listEvents, { limit: 1 });
  const [event] = events;
  if (event === undefined || event.state === "dropped") return;
  const pattern = patternsOf(event.type).find((one) => Object.hasOwn(routes, one)) ?? "none";
  wanted.add(pattern);
  const route = routes[pattern];
  if (typeof route !== "object") return;
  if (route.session !== undefined) expect(event.lane).toBe(`tag:${route.session}`);
  if (route.priority !== undefined) expect(event.band).toBe(route.priority);
  for (const field of route.fields) {
    const pointer = field.replaceAll("/*", "/0");
    const { content } = await server.control.call(ControlService.method.getPayload, {
      eventId: event.id,
      pointer,
    });
    expect(content, `${pattern} ${field}`).toMatch(/<payload-\w+>\n[^\n]/);
  }
}

function patternsOf(type: string): string[] {
  const parts = type.split(".");
  return [type, ...parts.slice(1).map((_, i) => `${parts.slice(0, parts.length - 1 - i).join(".")}.*`), "*"];
}

test("docs/crons.md: the answer of cron_create is told as it is", async () => {
  const [, asked = "", told = ""] =
    /```\ncron_create (\{.*\})\n\n([\s\S]+?)\n```/.exec(textOf("docs/crons.md")) ?? [];
  const { text } = await call("cron_create", JSON.parse(asked));
  const plain = (words: string) =>
    words
      .replace(/cron_[\w…]+/, "cron_ID")
      .replace(/\w{3} \d{4}-\d\d-\d\d 09:30 GMT\+0[12]:00/g, "DAY 09:30");
  expect(plain(text)).toBe(plain(told));
});

test("each command that a page names is one of the repository's", () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(textOf("package.json")));
  const named = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = ""]) => ({ page, name })),
  );
  expect(named.length).toBeGreaterThan(20);
  for (const { page, name } of named) expect(Object.keys(scripts), page).toContain(name);
});
