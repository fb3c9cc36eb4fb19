/**
 * The check list: Clawback's documentation of its tools, tool by tool and argument by argument, and what Signalbox has besides. Each
 * promise is kept by the real plugin's process and a real server.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ToolCheck } from "./check.ts";
import { CRON_TOOLS } from "./crons.ts";
import { EVENT_TOOLS } from "./events.ts";
import { Place } from "./place.ts";
import { SESSION_TOOLS } from "./sessions.ts";
import { SOURCE_TOOLS } from "./sources.ts";
import { TOKEN_TOOLS } from "./tokens.ts";

const TOOLS: Readonly<Record<string, ToolCheck>> = {
  ...SOURCE_TOOLS,
  ...CRON_TOOLS,
  ...EVENT_TOOLS,
  ...TOKEN_TOOLS,
  ...SESSION_TOOLS,
};

/** Clawback has no such tools: where they are looked at. */
const OURS: Readonly<Record<string, string>> = {
  event_take: "test/plugin/ways.test.ts",
  event_extend: "test/plugin/acks.test.ts",
  event_payload: "test/hostile/control-calls.test.ts",
  event_replay: "test/plugin/replay.test.ts",
  configure: "test/plugin/configure.test.ts",
  cron_update: "test/plugin/crons.test.ts",
  cron_run: "test/plugin/crons.test.ts",
  lane_pause: "test/plugin/lanes.test.ts",
  lane_resume: "test/plugin/lanes.test.ts",
  lane_update: "test/plugin/lanes.test.ts",
  lane_list: "test/plugin/lanes.test.ts",
  token_revoke: "test/plugin/tokens.test.ts",
  hook: "test/plugin/turns.test.ts",
};

/** The part of a JSON Schema that says what there is to be given. */
interface Schema {
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: Schema | boolean | undefined;
  anyOf?: Schema[] | undefined;
  default?: unknown;
}
const Schema: z.ZodType<Schema> = z.looseObject({
  properties: z.lazy(() => z.record(z.string(), Schema)).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.lazy(() => z.union([z.boolean(), Schema])).optional(),
  anyOf: z.lazy(() => z.array(Schema)).optional(),
});

let place: Place;
const schemas = new Map<string, Schema>();

beforeAll(async () => {
  place = await Place.open();
  for (const { name, inputSchema } of (await place.box.client.listTools()).tools) {
    schemas.set(name, Schema.parse(inputSchema));
  }
}, 60_000);
afterAll(() => place.close());

/** Names of what stands inside of an argument: `eventType.header`, `routes.*.prompt`. */
function insideOf(name: string, { properties = {}, additionalProperties, anyOf = [] }: Schema): string[] {
  const each = typeof additionalProperties === "object" ? [["*", additionalProperties] as const] : [];
  const inner = [...Object.entries(properties), ...each].flatMap(([key, schema]) => [
    `${name}.${key}`,
    ...insideOf(`${name}.${key}`, schema),
  ]);
  return [...inner, ...anyOf.flatMap((one) => insideOf(name, one))];
}

test("every tool of the plugin is on the list or has its own tests, and none is there that is not the plugin's", () => {
  expect([...Object.keys(TOOLS), ...Object.keys(OURS)].sort()).toEqual([...schemas.keys()].sort());
});

describe.each(Object.entries(TOOLS))("%s", (tool, check) => {
  const schema = () => schemas.get(tool) ?? {};

  test("has the arguments of the list, required, optional and by default as it says", () => {
    const { properties = {}, required = [] } = schema();
    expect(Object.keys(properties).sort()).toEqual(Object.keys(check.arguments).sort());
    const inside = Object.entries(properties).flatMap(([name, one]) => insideOf(name, one));
    expect(inside.sort()).toEqual(Object.keys(check.inside ?? {}).sort());
    for (const [name, argument] of Object.entries(check.arguments)) {
      // What has a default need not be given.
      expect(required.includes(name), name).toBe(argument.required === true);
      expect(properties[name]?.default, name).toEqual(argument.default);
    }
  });

  test(`answers with ${check.answers}`, () => check.told(place), 30_000);

  for (const [name, { promise, holds, required, refuses }] of Object.entries(check.arguments)) {
    test(`${name}: ${promise}`, () => holds(place), 30_000);

    test(`${name}: bad values are refused, with what would be right, and change nothing`, async () => {
      expect(refuses.length).toBeGreaterThan(0);
      const least = await check.least(place);
      const before = await place.owned();
      if (required) {
        const { [name]: _, ...without } = Object.fromEntries(Object.entries(least));
        const { text, failed } = await place.call(tool, without);
        expect(failed).toBe(true);
        expect(text).toMatch(new RegExp(`argument ${name}: (is missing: \\w+|takes )`));
      }
      for (const [value, says] of refuses) {
        const { text, failed } = await place.call(tool, { ...least, [name]: value });
        expect(text).toMatch(says);
        expect(failed, `${text} fails`).toBe(true);
        if (typeof value === "string" && value.length > 100) expect(text).not.toContain(value);
      }
      expect(await place.owned()).toBe(before);
    });
  }

  for (const [name, { promise, holds }] of Object.entries(check.inside ?? {})) {
    test(`${name}: ${promise}`, () => holds(place), 30_000);
  }

  test("an argument that it does not have is named, with those that it has", async () => {
    const least = await check.least(place);
    const before = await place.owned();
    const { text, failed } = await place.call(tool, { ...least, colour: "red" });
    expect(failed).toBe(true);
    const [first] = Object.keys(check.arguments);
    expect(text).toContain(
      `${tool}: there is no argument colour; ${first === undefined ? "it takes none" : `known are ${first}`}`,
    );
    expect(await place.owned()).toBe(before);
  });
});
