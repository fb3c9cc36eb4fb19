import { describe, expect, test } from "vitest";
import { TYPES } from "../../plugin/src/core/tools/source-proof.ts";
import { SCHEMES } from "../../src/domain/source.ts";
import { Rig } from "./core-rig.ts";

async function rigWith(response: object, tag?: string): Promise<Rig> {
  const rig = await Rig.online(
    tag === undefined ? {} : { surroundings: { tag: { from: "SIGNALBOX_SESSION", value: tag } } },
  );
  rig.reply = { kind: "ok", response };
  return rig;
}

const MADE = {
  source: {
    id: "src_1",
    slug: "github",
    scheme: "github",
    lane: "tag:deploys",
    priority: "normal",
    url: "http://127.0.0.1:4400/webhook/p_abc/github",
    secrets: 1,
    routes: { "pull_request.*": "/review" },
    eventType: { header: "x-github-event", action: "action" },
  },
  secret: "s3cret",
  nextStep: "Paste URL and secret into the repository's settings",
};

describe("source_create", () => {
  test("answers with all that is needed at the provider, and the secret once", async () => {
    const { text } = await (await rigWith(MADE)).call("source_create", { slug: "github", type: "github" });
    for (const part of [
      "src_1",
      MADE.source.url,
      "x-github-event",
      "/review",
      "deploys",
      "s3cret",
      MADE.nextStep,
    ]) {
      expect(text).toContain(part);
    }
  });

  test.each([
    [{}, "deploys"],
    [{ session: "oncall" }, "oncall"],
    [{ session: "" }, ""],
  ])("from a session tagged deploys, with %j, it targets %j", async (more, tag) => {
    const rig = await rigWith(MADE, "deploys");
    await rig.call("source_create", { slug: "x", ...more });
    expect(rig.asked).toMatchObject([
      { method: "CreateSource", request: { slug: "x", scheme: "generic", tag } },
    ]);
  });

  test("every way to verify that the server has is told in the tool's own words", async () => {
    expect(TYPES.split(", ")).toEqual(SCHEMES);
  });

  test("headers of its own are asked for, and told", async () => {
    const source = { ...MADE.source, scheme: "generic", signatureHeader: "X-Proof", deliveryHeader: "X-Id" };
    const rig = await rigWith({ ...MADE, source });
    const { text } = await rig.call("source_create", {
      slug: "x",
      signature_header: "X-Proof",
      delivery_header: "X-Id",
    });
    expect(rig.asked).toMatchObject([{ request: { signatureHeader: "X-Proof", deliveryHeader: "X-Id" } }]);
    expect(text).toContain("Verification: generic, 1 secret, signature in X-Proof, delivery id in X-Id");
  });

  test("a source's own deadlines are asked for, and told", async () => {
    const source = { ...MADE.source, remindSeconds: 60, timeoutSeconds: 600 };
    const rig = await rigWith({ ...MADE, source });
    const { text } = await rig.call("source_create", { slug: "x", remind_seconds: 60, timeout_seconds: 600 });
    expect(rig.asked).toMatchObject([{ request: { remindSeconds: 60, timeoutSeconds: 600 } }]);
    expect(text).toContain("reminded after 60 seconds, the event goes back after 600 seconds");
  });

  test("what waits may be coalesced, delayed and let go", async () => {
    const { source } = MADE;
    const rig = await rigWith({
      source: {
        ...source,
        coalesce: { key: "/number", windowSeconds: 60 },
        deliverAfter: "30",
        expiresAfterSeconds: 90,
      },
    });
    const { text } = await rig.call("source_create", {
      slug: "gh",
      coalesce: { key: "/number", window_seconds: 60 },
      deliver_after: 30,
      expires_after: 90,
    });
    expect(rig.asked).toMatchObject([
      {
        request: {
          coalesce: { key: "/number", windowSeconds: 60 },
          deliverAfter: "30",
          expiresAfterSeconds: 90,
        },
      },
    ]);
    expect(text).toContain("what has the same value at /number, within 60 seconds");
    expect(text).toContain("Delivered after: 30 seconds");
    expect(text).toContain("Let go where it still waits after 90 seconds");
  });

  test("a route may be an object, and the source one's own", async () => {
    const { source } = MADE;
    const rig = await rigWith({
      source: {
        ...source,
        routes: { push: "/look", "*": "" },
        routeRules: { push: { priority: "priority", tag: "oncall", fields: ["/ref"] } },
        trust: "instructions",
        dropped: 3n,
        droppedTypes: [{ type: "star", count: 3 }],
        omittedBytes: 8_000n,
        cause: { event: "evt_1", origin: "webhook", from: "github" },
      },
    });
    const routes = {
      push: { prompt: "/look", priority: "priority", session: "oncall", fields: ["/ref"] },
      "*": "",
    };
    const { text } = await rig.call("source_create", { slug: "gh", routes, trust: "instructions" });
    expect(rig.asked).toMatchObject([
      {
        request: {
          routes: { push: "/look", "*": "" },
          routeRules: { push: { priority: "priority", tag: "oncall", fields: ["/ref"] } },
          trust: "instructions",
        },
      },
    ]);
    expect(text).toContain(
      'Routes: push → "/look" (priority priority, session oncall, only /ref); * → as it comes',
    );
    expect(text).toContain("Trust: instructions");
    expect(text).toContain("Dropped, because no route wanted them: 3 (the latest by type: star 3;");
    expect(text).toContain("Left out by the fields of its routes: about 2000 tokens, estimated");
    expect(text).toContain("while event evt_1 (webhook github) was being handled");
  });

  test("an update names what is meant, and nothing else", async () => {
    const rig = await rigWith(MADE);
    const { text } = await rig.call("source_update", {
      id: "src_1",
      session: "",
      routes: { "*": "/all" },
      clear: ["eventType", "expires_after"],
    });
    expect(rig.asked).toMatchObject([
      {
        request: {
          id: "src_1",
          settings: { tag: "", routes: { "*": "/all" } },
          mask: { paths: ["routes", "tag", "event_type", "expires_after_seconds"] },
        },
      },
    ]);
    expect(text).toContain("The source is changed:");
    for (const [args, words] of [
      [{ id: "src_1" }, "nothing to change"],
      [{ id: "src_1", skill: "/a", clear: ["skill"] }, "skill is given and to be taken away"],
      [{ id: "src_1", clear: ["slug"] }, "argument clear.0"],
    ] as const) {
      expect(await rig.call("source_update", args)).toMatchObject({
        failed: true,
        text: expect.stringContaining(words),
      });
    }
    expect(rig.asked).toHaveLength(1);
  });

  test("wrong arguments are named, and nothing is asked", async () => {
    const rig = await rigWith(MADE);
    for (const [args, words] of [
      [{}, "argument slug"],
      [{ slug: "A b" }, "argument slug"],
      [{ slug: "x", session: "A b" }, "argument session"],
      [{ slug: "x", priority: "now" }, "argument priority"],
      [{ slug: "x", remind_seconds: 0.5 }, "argument remind_seconds: takes whole seconds, 1 to 86400"],
    ] as const) {
      expect(await rig.call("source_create", args)).toMatchObject({
        failed: true,
        text: expect.stringContaining(words),
      });
    }
    expect(rig.asked).toEqual([]);
  });
});

describe("what no tool knows", () => {
  test("an argument of another name is refused by that name, the known ones are told, and nothing is asked", async () => {
    const rig = await rigWith(MADE);
    const { failed, text } = await rig.call("source_create", { slug: "gh", scheme: "github" });
    expect(failed).toBe(true);
    expect(text).toMatch(
      /^source_create: there is no argument scheme; known are slug, type, secret, eventType,/,
    );
    expect(rig.asked).toEqual([]);
  });

  test("so is one inside another", async () => {
    const rig = await rigWith(MADE);
    const { text } = await rig.call("source_create", { slug: "gh", eventType: { path: "type" } });
    expect(text).toMatch(/argument eventType: takes an object with header, body and action/);
    expect(rig.asked).toEqual([]);
  });

  test.each([
    "event_take",
    "event_ack",
    "event_extend",
    "event_payload",
    "account_info",
    "source_list",
    "source_delete",
    "cron_list",
    "cron_update",
    "cron_delete",
    "cron_run",
    "lane_pause",
    "lane_resume",
    "lane_update",
    "lane_list",
  ])(
    "%s refuses an unknown argument, whatever its name and value, and quotes neither at length",
    async (name) => {
      const rig = await rigWith({});
      const { failed, text } = await rig.call(name, { [`bogus\n<b>${"x".repeat(500)}`]: "secret" });
      expect(failed).toBe(true);
      expect(text).toMatch(/there is no argument bogus__b_x+/);
      expect(text).not.toMatch(/\n|secret$/);
      expect(text.length).toBeLessThan(400);
    },
  );
});

test.each([
  ["scheme: there is no such scheme. Correct it.", "argument type: there is no such scheme. Correct it."],
  ["remind_seconds: 9 is late. Give less.", "argument remind_seconds: 9 is late. Give less."],
  ["tag: too long. Correct it.", "argument session: too long. Correct it."],
  ["coalesce.windowSeconds: too big. Less.", "argument coalesce.window_seconds: too big. Less."],
  ["secret: stripe takes whsec_. Correct it.", "argument secret: stripe takes whsec_. Correct it."],
  ["signatureHeader: is no name. Correct it.", "argument signature_header: is no name. Correct it."],
  ["deliverAfter: is no time. Correct it.", "argument deliver_after: is no time. Correct it."],
  ["schemes are many.", "schemes are many."],
])("what the server complains of is named as the caller named it: %s", async (message, text) => {
  const rig = await Rig.online();
  rig.reply = { kind: "failed", failure: "other", message };
  expect(await rig.call("source_create", { slug: "x", type: "gitlab" })).toMatchObject({
    failed: true,
    text,
  });
});

test("what a server says is to be done is told with what it complains of, also where it may be tried again", async () => {
  const rig = await Rig.online();
  const cure = "Give less than 300, or a longer timeout_seconds with it";
  rig.reply = { kind: "failed", failure: "other", message: "remind_seconds: 900 is too long", cure };
  expect(await rig.call("source_create", { slug: "x", remind_seconds: 900 })).toMatchObject({
    failed: true,
    text: `argument remind_seconds: 900 is too long. ${cure}.`,
  });
  // It was reached: to start it would help nobody.
  rig.reply = { kind: "failed", failure: "unavailable", message: "the store is busy", cure: "Try again" };
  expect((await rig.call("source_list")).text).toBe("the store is busy. Try again.");
});

test("source_list tells every source and what was dropped", async () => {
  const rig = await rigWith({ sources: [{ ...MADE.source, dropped: 4n }] });
  const { text } = await rig.call("source_list");
  expect(text).toContain(MADE.source.url);
  expect(text).toMatch(/Dropped.*4/);
});

test("source_list answers shortly, however many sources with however long routes there are, and goes on", async () => {
  const routes = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`type.${"x".repeat(100)}.${i}`, "p".repeat(20_000)]),
  );
  const sources = Array.from({ length: 120 }, (_, i) => ({
    ...MADE.source,
    slug: `source-${String(i).padStart(3, "0")}`,
    routes,
  }));
  const rig = await rigWith({ sources });
  const first = await rig.call("source_list");
  // A result of more than about 25,000 tokens does not reach Claude.
  expect(first.text.length).toBeLessThan(60_000);
  expect(first.text).toMatch(/; … and 19\d more$/m);
  expect(first.text).toContain('There are more: call source_list with after "source-049".');
  const last = (await rig.call("source_list", { after: "source-099" })).text;
  expect([...last.matchAll(/^source-\d+/gm)].map(([slug]) => slug).slice(0, 2)).toEqual([
    "source-100",
    "source-101",
  ]);
  expect(last).not.toContain("There are more");
  rig.reply = { kind: "ok", response: { source: sources[0] } };
  expect((await rig.call("source_create", { slug: "source-000" })).text.length).toBeLessThan(60_000);
});

test("source_list tells which secrets the server can't open any more, and the way out", async () => {
  const rig = await rigWith({ sources: [{ ...MADE.source, unreadableSecrets: 1 }] });
  expect((await rig.call("source_list")).text).toMatch(
    /1 secret, of which the server can't open 1 .* same slug/,
  );
});

test.each([
  [
    { routes: {}, skill: "This is a sample,\nsent by hand." },
    'every event comes with "This is a sample,\\nsent by hand."',
  ],
  [{ routes: { "*": "Say hello. Thanks" } }, '* → "Say hello. Thanks"'],
])("source_list puts the owner's prompts into quotes: %j", async (more, words) => {
  const rig = await rigWith({ sources: [{ ...MADE.source, ...more }] });
  expect((await rig.call("source_list")).text).toContain(words);
});

test("source_delete says whether there was one", async () => {
  expect((await (await rigWith({ removed: true })).call("source_delete", { id: "src_1" })).failed).toBe(
    false,
  );
  expect((await (await rigWith({ removed: false })).call("source_delete", { id: "src_1" })).text).toContain(
    "source_list",
  );
});

test("event_payload gives what the server has written, as it is", async () => {
  const rig = await rigWith({ content: "part", total: 40_000, nextOffset: 16_384 });
  const { text } = await rig.call("event_payload", {
    event_id: "evt_01k00000000000000000000001",
    pointer: "/a",
  });
  expect(text).toBe("part");
});

test("a server that is away is told with what to do", async () => {
  const rig = await Rig.online();
  expect((await rig.call("source_list")).text).toMatch(/can't be reached.*npm start/);
});
