/** Clawback's documentation of what becomes of events: `event_ack`, `event_history`. */
import { expect } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { Outcome, Way } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { LinkClient } from "../world/link-client.ts";
import { BAD_TAG, long, NO_TEXT, type ToolCheck } from "./check.ts";
import { ABSENT, found, OTHER, type Place } from "./place.ts";

const UNKNOWN_ID = "evt_00000000000000000000000000";

export const EVENT_TOOLS: Readonly<Record<string, ToolCheck>> = {
  event_ack: {
    answers: "whether more are waiting",
    told: async (at) => {
      const source = await at.source();
      const one = await at.event(source);
      const two = await at.event(source);
      await at.ask("event_take", { wait_seconds: 10 });
      // In pull the next one may stand in the answer, which says so.
      const first = await at.ask("event_ack", { event_id: one.id, summary: "done" });
      expect(first).toMatch(
        new RegExp(`^${one.id} is done\\. (The next event:\\n\\nSignalbox event ${two.id}|1 more)`),
      );
      await at.ask("event_take", { wait_seconds: 10 });
      expect(await at.ask("event_ack", { event_id: two.id, summary: "done" })).toMatch(
        new RegExp(`^${two.id} is done\\. (No|Nothing)`, "i"),
      );
    },
    least: () => ({ summary: "never" }),
    arguments: {
      summary: {
        promise: "is one sentence about what was done, which the history tells",
        required: true,
        holds: async (at) => {
          const id = await at.inHand();
          const summary = `Mended the build, ${at.fresh()}.`;
          await at.ask("event_ack", { summary });
          expect(lineOf(await at.ask("event_history"), id)).toContain(`Summary: "${summary}"`);
        },
        refuses: [["", /summary: say in one sentence what was done/], NO_TEXT],
      },
      event_id: {
        promise: "names the event; by default it is the one in hand",
        holds: async (at) => {
          const id = await at.inHand();
          expect(await at.ask("event_ack", { event_id: id, summary: "done" })).toContain(`${id} is done.`);
          const other = await at.inHand();
          expect(await at.ask("event_ack", { summary: "done" })).toContain(`${other} is done.`);
        },
        refuses: [
          ["evt_7", /an event's id is evt_ and 26 characters/],
          [UNKNOWN_ID, /was not given to this session .*nothing was changed/],
          NO_TEXT,
        ],
      },
      outcome: {
        promise: "is done, failed (with the dead letters) or retry (comes back)",
        default: "done",
        holds: async (at) => {
          for (const [outcome, state, words] of [
            ["failed", "dead", "with the dead letters"],
            ["done", "acked", "is done"],
            ["retry", "scheduled", "comes back later"],
          ] as const) {
            const id = await at.inHand();
            const more = outcome === "retry" ? { retry_after_seconds: 3_600 } : {};
            expect(await at.ask("event_ack", { summary: "tried", outcome, ...more })).toContain(words);
            expect((await at.info(id)).state).toBe(state);
          }
        },
        refuses: [["good", /takes done, failed or retry/]],
      },
      retry_after_seconds: {
        promise: "is when an event to be tried again comes back",
        holds: async (at) => {
          const id = await at.inHand();
          await at.ask("event_ack", { summary: "not yet", outcome: "retry", retry_after_seconds: 1 });
          expect(await at.ask("event_take", { wait_seconds: 10 })).toContain(
            `Signalbox event ${id} (delivery 2,`,
          );
          await at.ask("event_ack", { summary: "now" });
        },
        refuses: [
          [-1, /takes 0 or more/],
          [2_592_001, /takes at most 2592000/],
          ["soon", /takes a (whole )?number/],
        ],
      },
    },
  },

  event_history: {
    answers: "source, path, skill, summary, completed at, duration and timed out",
    told: async (at) => {
      const tag = at.fresh("slow");
      const source = await at.source({
        skill: "/review",
        session: tag,
        remind_seconds: 1,
        timeout_seconds: 2,
      });
      const { id } = await at.event(source);
      await acksLate(at, tag, id);
      const line = lineOf(await at.ask("event_history"), id);
      expect(line).toMatch(/: done at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, took \d/);
      expect(line).toMatch(/2 deliveries, timed out once/);
      expect(line).toContain(`From ${source.slug} (${new URL(source.url).pathname})`);
      expect(line).toContain('Skill: "/review". Summary: "at last"');
    },
    least: () => ({}),
    arguments: {
      limit: {
        promise: "is how many are told: 20 by default, at most 100",
        default: 20,
        holds: async (at) => {
          const source = await dropping(at, 21);
          const told = async (more: object) =>
            (await at.ask("event_history", { source, outcome: "dropped", ...more })).match(/^- evt_/gm)
              ?.length;
          expect(await told({})).toBe(20);
          expect(await told({ limit: 1 })).toBe(1);
          expect(await told({ limit: 100 })).toBe(21);
        },
        refuses: [
          [0, /takes 1 to 100/],
          [101, /takes 1 to 100/],
          [1.5, /takes 1 to 100/],
          ["all", /takes 1 to 100/],
        ],
      },
      source: {
        promise: "is whose events are told, and nobody else's",
        default: "",
        holds: async (at) => {
          const [one, two] = [await dropping(at, 1), await dropping(at, 1)];
          const told = await at.ask("event_history", { source: one, outcome: "dropped" });
          expect(told).toContain(`From ${one} `);
          expect(told).not.toContain(`From ${two} `);
        },
        refuses: [[long(121), /has more than 120 characters/], NO_TEXT],
      },
      session: {
        promise: "is the tag whose events are told; by default all are",
        holds: async (at) => {
          const source = await dropping(at, 1, ABSENT);
          const more = { source, outcome: "dropped" };
          expect(await at.ask("event_history", { ...more, session: ABSENT })).toContain(`for ${ABSENT}`);
          expect(await at.ask("event_history", { ...more, session: OTHER })).toContain("No such event");
        },
        refuses: [BAD_TAG, NO_TEXT],
      },
      outcome: {
        promise: "is how they ended; by default done or dead",
        holds: async (at) => {
          const source = await dropping(at, 1);
          expect(await at.ask("event_history", { source })).toContain("No such event");
          for (const outcome of ["done", "dead", "cancelled", "superseded", "lapsed"]) {
            expect(await at.ask("event_history", { source, outcome })).toContain("No such event");
          }
          expect(await at.ask("event_history", { source, outcome: "dropped" })).toContain(": dropped ");
        },
        refuses: [["good", /takes done, dead, cancelled, superseded, lapsed or dropped/]],
      },
      since: {
        promise: "leaves out what ended before",
        holds: async (at) => {
          const more = { source: await dropping(at, 1), outcome: "dropped" };
          expect(await at.ask("event_history", { ...more, since: "2026-01-31" })).toContain("1 event");
          expect(await at.ask("event_history", { ...more, since: "2099-01-31T08:00:00Z" })).toContain(
            "No such event",
          );
        },
        refuses: [
          ["yesterday", /takes a date, 2026-01-31, or a time, 2026-01-31T08:00:00Z/],
          [7, /takes a date, 2026-01-31/],
        ],
      },
      cursor: {
        promise: "goes on where the answer before ended",
        default: "",
        holds: async (at) => {
          const more = { source: await dropping(at, 2), outcome: "dropped", limit: 1 };
          const first = await at.ask("event_history", more);
          const [, cursor] = /with cursor "([^"]+)"/.exec(first) ?? [];
          const second = await at.ask("event_history", { ...more, cursor });
          expect(found(second, /evt_\w+/)).not.toBe(found(first, /evt_\w+/));
          expect(second).not.toContain("There are more");
        },
        refuses: [
          ["page 2", /this is no cursor of a page of the history\. \w+/],
          [long(101), /has more than 100 characters/],
          NO_TEXT,
        ],
      },
    },
  },
};

const lineOf = (history: string, id: string): string =>
  history.split("\n").find((line) => line.startsWith(`- ${id}: `)) ?? `no line of ${id}`;

/** A source with so many events that no route wanted; its slug. */
async function dropping(at: Place, events: number, session = OTHER): Promise<string> {
  const source = await at.source({ session, routes: { wanted: "" } });
  for (let i = 0; i < events; i++) await at.send(source);
  return source.slug;
}

/** A session of this tag is silent about its event for longer than it may, and is done at the second delivery. */
async function acksLate({ server }: Place, tag: string, id: string): Promise<void> {
  const { token } = await server.control.call(ControlService.method.createToken, { label: tag });
  const slow = new LinkClient(server.running.grpcUrl, token);
  slow.hello({ session: tag, instance: `instance-of-${tag}`, tag });
  const shown = async (nth: number) => {
    const { of } = await slow.hears("deliver", nth);
    slow.say({ case: "held", value: { of } });
    slow.say({ case: "surfaced", value: { of, way: Way.CHANNEL } });
    return of;
  };
  await shown(1);
  await slow.hears("recall");
  slow.say({ case: "presence", value: { ready: true, hooks: true, waiter: true, life: true } });
  const of = await shown(2);
  expect(of).toMatchObject({ eventId: id, delivery: 2 });
  slow.say({ case: "ack", value: { of, outcome: Outcome.DONE, summary: "at last" } });
  await slow.hears("acked");
  slow.close();
}
