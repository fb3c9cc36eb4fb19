/** Clawback's documentation of sources: `source_create`, `source_list`, `source_delete`; and our `source_update`. */
import { expect } from "vitest";
import { SCHEMES } from "../../src/domain/source.ts";
import { long, NO_TEXT, type ToolCheck } from "./check.ts";
import { ABSENT, found, type Made, OTHER, OWN, type Place, SECRET } from "./place.ts";
import { SETTINGS } from "./source-settings.ts";

const UNKNOWN_ID = "src_00000000000000000000000000";

export const SOURCE_TOOLS: Readonly<Record<string, ToolCheck>> = {
  source_create: {
    answers: "id, verification, event type rule, routes, tag and the URL to paste",
    told: async (at) => {
      const slug = at.fresh("github");
      const eventType = { header: "X-GitHub-Event", action: "action" };
      const routes = { "pull_request.*": "/review" };
      const text = await at.ask("source_create", { slug, type: "github", eventType, routes });
      expect(text).toMatch(new RegExp(`^${slug} \\(src_\\w{26}\\)$`, "m"));
      expect(text).toContain("Verification: github, 1 secret");
      expect(text).toContain("Event type: header X-GitHub-Event, then the action at action");
      expect(text).toContain('Routes: pull_request.* → "/review"');
      expect(text).toContain(`Session: ${OWN}. Priority: normal.`);
      const url = `${at.server.running.httpUrl}/webhook/${at.server.running.accountProfileId}/${slug}`;
      expect(text).toContain(`URL: ${url}\n`);
      // What to do at the provider's, which needs the secret that was made.
      expect(text).toMatch(/^Secret, shown only now: [0-9a-f]{64}$/m);
      expect(text).toMatch(/^Next: .*Settings.*Webhooks/m);
    },
    least: (at) => ({ slug: at.fresh("never") }),
    arguments: {
      slug: {
        promise: "is the last part of the URL, and the same again changes the source",
        required: true,
        holds: async (at) => {
          const made = await at.source();
          expect(made.url.endsWith(`/${made.slug}`)).toBe(true);
          expect((await at.send(made)).status).toBe(202);
          const again = await at.ask("source_create", { slug: made.slug, skill: "/other" });
          expect(again).toContain("The source was there and is changed:");
          expect(again).toContain(made.id);
          await settle(at, 1);
        },
        refuses: [
          ["", /slug: a slug has 1 to 64 of a-z 0-9/],
          ["With Space", /a slug has 1 to 64 of a-z 0-9 \. _ - and starts with a letter or digit/],
          [long(65), /a slug has 1 to 64/],
          NO_TEXT,
        ],
      },
      type: {
        promise:
          "how requests are verified: github, stripe, generic (the default), none, and all others that there are",
        default: "generic",
        holds: async (at) => {
          expect((await at.source()).text).toContain("Verification: generic, 1 secret");
          for (const type of SCHEMES) {
            const slug = at.fresh("typed");
            expect(await at.ask("source_create", { slug, type })).toContain(`Verification: ${type}`);
          }
          const forged = await at.send(await at.source(), {}, { "x-signature": "00" });
          expect(forged).toMatchObject({ status: 401, body: { code: "bad_signature" } });
          const open = await at.source({ type: "none", secret: undefined, session: ABSENT });
          expect((await at.send(open, {}, { "x-signature": "" })).status).toBe(202);
        },
        refuses: [
          ["githb", new RegExp(`argument type: there is none of this name; there are ${SCHEMES.join(", ")}`)],
          NO_TEXT,
        ],
      },
      ...SETTINGS,
    },
    inside: {
      "eventType.header": {
        promise: "a header that names the type",
        holds: async (at) => {
          const made = await at.source({ session: ABSENT, eventType: { header: "X-Kind" } });
          expect((await at.event(made, {}, { "x-kind": "build.broken" })).type).toBe("build.broken");
        },
      },
      "eventType.body": {
        promise: "a dotted path into the JSON body",
        holds: async (at) => {
          const made = await at.source({ session: ABSENT, eventType: { body: "check.kind" } });
          expect((await at.event(made, { check: { kind: "lint" } })).type).toBe("lint");
        },
      },
      "eventType.action": {
        promise: "a dotted path whose text is appended with a dot",
        holds: async (at) => {
          const eventType = { header: "X-Kind", action: "pull.action" };
          const made = await at.source({ session: ABSENT, eventType });
          const event = await at.event(made, { pull: { action: "opened" } }, { "x-kind": "pull_request" });
          expect(event.type).toBe("pull_request.opened");
        },
      },
      "routes.*": {
        promise: "a skill or prompt alone, or with more beside it",
        holds: async (at) => {
          const made = await at.source({ routes: { push: "/look" } });
          expect(await at.reads(() => at.event(made, { type: "push" }))).toContain("\n/look\n");
        },
      },
      "routes.*.prompt": {
        promise: "is put before the payload",
        holds: async (at) => {
          const made = await at.source({ routes: { push: { prompt: "Look at the commits." } } });
          expect(await at.reads(() => at.event(made, { type: "push" }))).toContain(
            "\nLook at the commits.\n",
          );
        },
      },
      "routes.*.priority": {
        promise: "is that of its events alone",
        holds: async (at) => {
          const made = await at.source({
            session: ABSENT,
            routes: { push: { priority: "priority" }, "*": "" },
          });
          expect((await at.event(made, { type: "push" })).band).toBe("priority");
          expect((await at.event(made, { type: "star" })).band).toBe("normal");
        },
      },
      "routes.*.session": {
        promise: "is the tag that its events are for",
        holds: async (at) => {
          const made = await at.source({ routes: { push: { session: ABSENT } } });
          expect((await at.event(made, { type: "push" })).lane).toBe(`tag:${ABSENT}`);
        },
      },
      "routes.*.fields": {
        promise: "are the only parts of the payload that Claude gets",
        holds: async (at) => {
          const routes = { push: { fields: ["/commits/*/message"] } };
          const payload = { type: "push", commits: [{ message: "Mend it", id: "abc123" }], size: 4711 };
          const made = await at.source({ routes });
          const text = await at.reads(() => at.event(made, payload));
          expect(text).toContain('{"commits":[{"message":"Mend it"}]}');
          expect(text).not.toContain("4711");
        },
      },
      "coalesce.key": {
        promise:
          "where two events have the same value there, the newer takes the place of the one that waits",
        holds: async (at) => {
          const made = await at.source({ session: ABSENT, coalesce: { key: "/number" } });
          const [one, two] = [await at.event(made, { number: 7 }), await at.event(made, { number: 7 })];
          const other = await at.event(made, { number: 8 });
          expect((await at.info(one.id)).state).toBe("superseded");
          expect([(await at.info(two.id)).state, other.state]).toEqual(["queued", "queued"]);
        },
      },
      "coalesce.window_seconds": {
        promise: "is how old the one that waits may be",
        holds: async (at) => {
          const { text } = await at.source({ coalesce: { key: "/number", window_seconds: 60 } });
          expect(text).toContain("what has the same value at /number, within 60 seconds");
        },
      },
    },
  },

  source_update: {
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
          [UNKNOWN_ID, /there is no source src_0+\. Compare it with source_list/],
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
  },

  source_list: {
    answers: "every source as source_create tells it, and never a secret",
    told: async (at) => {
      const made = await at.source({ routes: { push: "/look" } });
      const told = await listed(at, made);
      expect(told).toContain(`URL: ${made.url}`);
      expect(told).toContain('Routes: push → "/look"');
      expect(await at.ask("source_list")).not.toContain(SECRET);
    },
    least: () => ({}),
    arguments: {
      after: {
        promise: "goes on behind a source",
        holds: async (at) => {
          const [one, two] = [await at.source(), await at.source()];
          const [first = "", last = ""] = [one.slug, two.slug].sort();
          const list = await at.ask("source_list", { after: first });
          expect(list).toContain(`${last} (`);
          expect(list).not.toContain(`${first} (`);
        },
        refuses: [["", /is empty: Go on behind/], [long(65), /has more than 64 characters/], NO_TEXT],
      },
      limit: {
        promise: "is how many are told at most",
        default: 50,
        holds: async (at) => {
          await at.source();
          await at.source();
          const list = await at.ask("source_list", { limit: 1 });
          expect(list.match(/^ {2}URL: /gm)).toHaveLength(1);
          expect(list).toMatch(/There are more: call source_list with after "[^"]+"\./);
        },
        refuses: [
          [0, /takes 1 to 50/],
          [51, /takes 1 to 50/],
          ["all", /takes 1 to 50/],
        ],
      },
    },
  },

  source_delete: {
    answers: "that it is gone",
    told: async (at) => {
      const { id } = await at.source();
      expect(await at.ask("source_delete", { id })).toBe(`${id} is deleted.`);
    },
    least: (at) => at.source().then(({ id }) => ({ id })),
    arguments: {
      id: {
        promise: "names the source whose URL takes no more requests",
        required: true,
        holds: async (at) => {
          const made = await at.source();
          await at.ask("source_delete", { id: made.id });
          expect((await at.send(made)).status).toBe(404);
          expect(await listed(at, made)).toBe("");
        },
        refuses: [
          ["", /id: is empty: The source's id, src_/],
          [UNKNOWN_ID, /There is no source src_0+\. source_list tells the ids/],
          [long(121), /longer than any there is/],
          NO_TEXT,
        ],
      },
    },
  },
};

/** What the list says of a source, wherever in it it stands; empty: nothing. */
async function listed(at: Place, { slug }: Made): Promise<string> {
  for (let after: string | undefined; ; ) {
    const list = await at.ask("source_list", { after });
    const lines = list.split("\n");
    const first = lines.findIndex((line) => line.startsWith(`${slug} (`));
    const next = lines.findIndex((line, i) => i > first && !line.startsWith(" "));
    if (first !== -1) return lines.slice(first, next === -1 ? undefined : next).join("\n");
    after = /call source_list with after "([^"]+)"/.exec(list)?.[1];
    if (after === undefined) return "";
  }
}

/** Events that wait for this session, looked at one after the other. */
async function settle(at: Place, events: number): Promise<void> {
  for (let i = 0; i < events; i++) {
    await at.ask("event_take", { wait_seconds: 10 });
    await at.ask("event_ack", { summary: "looked at it" });
  }
}

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
