/** Clawback's documentation of `source_create`. */
import { expect } from "vitest";
import { SCHEMES } from "../../src/domain/source.ts";
import { long, NO_TEXT, type ToolCheck } from "./check.ts";
import { ABSENT, OWN, type Place } from "./place.ts";
import { SETTINGS } from "./source-settings.ts";

export const sourceCreate: ToolCheck = {
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
        expect(await at.reads(() => at.event(made, { type: "push" }))).toContain("\nLook at the commits.\n");
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
      promise: "where two events have the same value there, the newer takes the place of the one that waits",
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
};

/** Events that wait for this session, looked at one after the other. */
async function settle(at: Place, events: number): Promise<void> {
  for (let i = 0; i < events; i++) {
    await at.ask("event_take", { wait_seconds: 10 });
    await at.ask("event_ack", { summary: "looked at it" });
  }
}
