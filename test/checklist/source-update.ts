/** What `source_update` has: the arguments of `source_create`, for a source that is there. */
import { expect } from "vitest";
import { long, NO_TEXT, type ToolCheck } from "./check.ts";
import { ABSENT, found, OTHER, type Place } from "./place.ts";
import { listed, UNKNOWN_SOURCE } from "./source-list.ts";
import { SETTINGS } from "./source-settings.ts";

export const sourceUpdate: ToolCheck = {
  answers: "the source as it is now",
  told: async (at) => {
    const made = await at.source({ skill: "/old", session: OTHER });
    const text = await at.ask("source_update", { id: made.id, skill: "/new" });
    expect(text).toMatch(/^The source is changed:\n/);
    for (const part of [made.slug, made.id, made.url, '"/new"', `Session: ${OTHER}`]) {
      expect(text).toContain(part);
    }
  },
  least: async (at) => ({ id: found(await at.ask("source_list"), /src_\w+/), skill: "/never" }),
  arguments: {
    id: {
      promise: "names the source that is changed, and no other one is",
      required: true,
      holds: async (at) => {
        const [one, two] = [await at.source({ skill: "/one" }), await at.source({ skill: "/two" })];
        await at.ask("source_update", { id: one.id, skill: "/changed" });
        expect(await listed(at, one)).toContain('"/changed"');
        expect(await listed(at, two)).toContain('"/two"');
      },
      refuses: [
        ["", /id: is empty: The source's id, src_/],
        [UNKNOWN_SOURCE, /there is no source src_0+\. Compare it with source_list/],
        [long(121), /longer than any there is/],
        NO_TEXT,
      ],
    },
    type: {
      promise: "is another way to verify, with a secret of its own",
      holds: async (at) => {
        const { id, url } = await at.source({ session: ABSENT });
        expect(await at.ask("source_update", { id, type: "github" })).toContain(
          "Verification: github, 1 secret",
        );
        expect((await at.send({ url })).status).toBe(401);
      },
      refuses: [["githb", /argument type: there is none of this name; there are github, stripe/], NO_TEXT],
    },
    ...changing({
      secret: { value: "another secret", told: /2 secrets/ },
      eventType: { value: { body: "kind" }, told: /Event type: body kind/ },
      routes: { value: { push: "/look" }, told: /Routes: push → "\/look"/ },
      skill: { value: "/new", told: /every event comes with "\/new"/ },
      session: { value: OTHER, told: new RegExp(`Session: ${OTHER}\\.`) },
      priority: { value: "interrupt", told: /Priority: interrupt\./ },
      remind_seconds: { value: 60, told: /reminded after 60 seconds/ },
      timeout_seconds: { value: 600, told: /goes back after 600 seconds/ },
      coalesce: { value: { key: "/n" }, told: /the same value at \/n, within 604800 seconds/ },
      deliver_after: { value: 30, told: /Delivered after: 30 seconds/ },
      expires_after: { value: 90, told: /still waits after 90 seconds/ },
      signature_header: { value: "X-Proof", told: /signature in X-Proof/ },
      delivery_header: { value: "X-Id", told: /delivery id in X-Id/ },
      fanout: { value: "all", told: /Fan-out: each connected session/ },
      trust: { value: "instructions", told: /Trust: instructions/ },
    }),
    clear: {
      promise: "takes settings away, so that the default holds",
      holds: async (at) => {
        const { id } = await at.source({ skill: "/old", expires_after: 90, coalesce: { key: "/n" } });
        const clear = ["skill", "expires_after", "coalesce"];
        const text = await at.ask("source_update", { id, clear });
        expect(text).toContain("every event comes as it is");
        expect(text).not.toMatch(/90 seconds|Coalesced/);
      },
      refuses: [
        [["slug"], /clear\.0: takes eventType, routes, skill/],
        ["skill", /clear: takes a list/],
        [["skill"], /skill is given and to be taken away; do one/],
      ],
    },
  },
  inside: Object.fromEntries(
    [
      ...[
        "eventType.header",
        "eventType.body",
        "eventType.action",
        "coalesce.key",
        "coalesce.window_seconds",
      ],
      ...["routes.*", "routes.*.prompt", "routes.*.priority", "routes.*.session", "routes.*.fields"],
    ].map((name) => [name, { promise: "is as source_create has it", holds: isKept(name) }]),
  ),
};

/** Settings of a source that is there, each changed alone. */
function changing(all: Readonly<Record<keyof typeof SETTINGS, { value: unknown; told: RegExp }>>) {
  return Object.fromEntries(
    Object.entries(all).map(([name, { value, told }]) => [
      name,
      {
        promise: "is changed, and nothing else is",
        holds: async (at: Place) => {
          const made = await at.source({ session: ABSENT });
          const text = await at.ask("source_update", { id: made.id, [name]: value });
          expect(text).toMatch(told);
          expect(await listed(at, made)).toMatch(told);
        },
        refuses: SETTINGS[name as keyof typeof SETTINGS].refuses,
      },
    ]),
  );
}

/** The same sample, given to a source that is there. */
function isKept(name: string) {
  const [argument = ""] = name.split(".");
  const samples: Readonly<Record<string, [unknown, RegExp]>> = {
    eventType: [
      { header: "X-Kind", body: "kind", action: "action" },
      /header X-Kind, body kind, then the action at action/,
    ],
    coalesce: [{ key: "/n", window_seconds: 60 }, /at \/n, within 60 seconds/],
    routes: [
      { push: { prompt: "/look", priority: "priority", session: OTHER, fields: ["/ref"] } },
      new RegExp(`push → "/look" \\(priority priority, session ${OTHER}, only /ref\\)`),
    ],
  };
  return async (at: Place) => {
    const [value, told] = samples[argument] ?? [undefined, /never/];
    const { id } = await at.source({ session: ABSENT });
    expect(await at.ask("source_update", { id, [argument]: value })).toMatch(told);
  };
}
