/**
 * The check list: Clawback's documentation of its tools, tool by tool and argument by argument, and what Signalbox has besides. Each
 * promise is kept by the real plugin's process and a real server.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ToolCheck } from "./check.ts";
import { CRON_TOOLS } from "./crons.ts";
import { EVENT_TOOLS } from "./events.ts";
import { LANE_TOOLS } from "./lanes.ts";
import { OWN_CRON_TOOLS } from "./own-crons.ts";
import { OWN_EVENT_TOOLS } from "./own-events.ts";
import { Place } from "./place.ts";
import { SESSION_TOOLS } from "./sessions.ts";
import { SOURCE_TOOLS } from "./sources.ts";
import { TOKEN_TOOLS } from "./tokens.ts";

const TOOLS: Readonly<Record<string, ToolCheck>> = {
  ...SOURCE_TOOLS,
  ...CRON_TOOLS,
  ...OWN_CRON_TOOLS,
  ...EVENT_TOOLS,
  ...OWN_EVENT_TOOLS,
  ...LANE_TOOLS,
  ...TOKEN_TOOLS,
  ...SESSION_TOOLS,
};

/** What is no session's to call at its own will: where it is looked at. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  configure: "test/plugin/configure.test.ts",
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
  expect([...Object.keys(TOOLS), ...Object.keys(ELSEWHERE)].sort()).toEqual([...schemas.keys()].sort());
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

  const holds = { ...check.arguments, ...check.inside };
  for (const [name, argument] of Object.entries(holds)) {
    test(`${name}: ${argument.promise}`, () => argument.holds(place), 30_000);
  }

  test("refuses bad values of every argument, and arguments that it does not have, with what would be right, and changes nothing", async () => {
    const least = await check.least(place);
    const refused = async (args: object, says: string | RegExp) => {
      const { text, failed } = await place.call(tool, args);
      expect(text).toMatch(says);
      expect(failed, `${text} fails`).toBe(true);
      return text;
    };
    const before = await place.owned();
    for (const [name, { required, refuses }] of Object.entries(check.arguments)) {
      expect(refuses.length, name).toBeGreaterThan(0);
      if (required) {
        const { [name]: _, ...without } = Object.fromEntries(Object.entries(least));
        await refused(without, new RegExp(`argument ${name}: (is missing: \\w+|takes )`));
      }
      for (const [value, says] of refuses) {
        const text = await refused({ ...least, [name]: value }, says);
        if (typeof value === "string" && value.length > 100) expect(text).not.toContain(value);
      }
    }
    const [first] = Object.keys(check.arguments);
    const known = first === undefined ? "it takes none" : `known are ${first}`;
    await refused({ ...least, colour: "red" }, `${tool}: there is no argument colour; ${known}`);
    expect(await place.owned()).toBe(before);
  }, 30_000);
});
