/** What Signalbox has besides for events: `event_take`, `event_extend`, `event_payload`, `event_replay`. */
import { expect } from "vitest";
import { long, NO_TEXT, type Refused, type ToolCheck } from "./check.ts";
import { ABSENT, found, type Place } from "./place.ts";

const UNKNOWN_ID = "evt_00000000000000000000000000";
const NO_EVENT_ID: Refused = ["evt_7", /an event's id is evt_ and 26 characters/];

export const OWN_EVENT_TOOLS: Readonly<Record<string, ToolCheck>> = {
  event_take: {
    answers: "the event that is ready, the same one until it is acked",
    told: async (at) => {
      const id = await at.inHand();
      expect(await at.ask("event_take", { wait_seconds: 0 })).toContain(`Signalbox event ${id} `);
      await at.ask("event_ack", { summary: "done" });
    },
    least: () => ({}),
    arguments: {
      wait_seconds: {
        promise: "is how long it waits for one",
        holds: async (at) => {
          expect(await at.ask("event_take", { wait_seconds: 0 })).toContain("No event came.");
          const taking = at.ask("event_take", { wait_seconds: 20 });
          const { id } = await at.event(await at.source());
          expect(await taking).toContain(`Signalbox event ${id} `);
          await at.ask("event_ack", { summary: "done" });
        },
        refuses: [
          [-1, /takes 0 or more/],
          [56, /takes at most 55/],
          ["long", /takes a number/],
        ],
      },
    },
  },

  event_extend: {
    answers: "for how long the event stays in hand",
    told: async (at) => {
      const id = await at.inHand();
      expect(await at.ask("event_extend")).toBe(`${id} stays in hand for 10 more minutes.`);
      await at.ask("event_ack", { summary: "done" });
    },
    least: () => ({}),
    arguments: {
      event_id: {
        promise: "names the event; by default it is the one in hand",
        holds: async (at) => {
          const id = await at.inHand();
          expect(await at.ask("event_extend", { event_id: id })).toContain(`${id} stays in hand`);
          await at.ask("event_ack", { summary: "done" });
        },
        refuses: [NO_EVENT_ID, [UNKNOWN_ID, /was not given to this session/], NO_TEXT],
      },
      minutes: {
        promise: "is for how long from now",
        default: 10,
        holds: async (at) => {
          await at.inHand();
          expect(await at.ask("event_extend", { minutes: 30 })).toContain("for 30 more minutes");
          await at.ask("event_ack", { summary: "done" });
        },
        refuses: [
          [0, /takes more than 0/],
          [61, /takes at most 60/],
          ["long", /takes a number/],
        ],
      },
      waiting_for: {
        promise: "is what is waited for, and lets the turn end",
        default: "",
        holds: async (at) => {
          await at.inHand();
          expect(await at.ask("event_extend", { waiting_for: "a review" })).toContain(
            "This turn may end now.",
          );
          await at.ask("event_ack", { summary: "done" });
        },
        refuses: [[long(201), /has more than 200 characters/], NO_TEXT],
      },
    },
  },

  event_payload: {
    answers: "the payload, inside of its boundary",
    told: async (at) => {
      const { id } = await at.event(await at.source({ session: ABSENT }), { size: 4711 });
      expect(await at.ask("event_payload", { event_id: id })).toMatch(
        /<payload-\w+>\n\{.*"size":4711\}\n<\/payload-/,
      );
    },
    least: async (at) => ({ event_id: (await at.event(await at.source({ session: ABSENT }))).id }),
    arguments: {
      event_id: {
        promise: "names the event; by default it is the one in hand",
        holds: async (at) => {
          const id = await at.inHand();
          expect(await at.ask("event_payload")).toContain('"drawn"');
          expect(await at.ask("event_payload", { event_id: id })).toContain('"drawn"');
          await at.ask("event_ack", { summary: "done" });
        },
        refuses: [NO_EVENT_ID, [UNKNOWN_ID, /there is no event evt_0+\. \w+/], NO_TEXT],
      },
      pointer: {
        promise: "is the part of it that is read",
        default: "",
        holds: async (at) => {
          const { id } = await at.event(await at.source({ session: ABSENT }), {
            list: [{ name: "one" }, { name: "two" }],
          });
          const text = await at.ask("event_payload", { event_id: id, pointer: "/list/1" });
          expect(text).toContain('{"name":"two"}');
          expect(text).not.toContain("one");
        },
        refuses: [
          ["list", /a JSON pointer is empty or starts with \//],
          ["/nowhere", /nothing stands there/],
          NO_TEXT,
        ],
      },
      offset: {
        promise: "is the character with which it begins",
        default: 0,
        holds: async (at) => {
          const { id } = await at.event(await at.source({ session: ABSENT }), { word: "abcdef" });
          const text = await at.ask("event_payload", { event_id: id, pointer: "/word", offset: 3 });
          expect(text).toMatch(/\ncdef"\n/);
        },
        refuses: [
          [-1, /takes 0 or more/],
          ["far", /takes a number/],
        ],
      },
      limit: {
        promise: "is how many characters are told",
        default: 16_384,
        holds: async (at) => {
          const { id } = await at.event(await at.source({ session: ABSENT }), { word: "a".repeat(500) });
          const text = await at.ask("event_payload", { event_id: id, pointer: "/word", limit: 100 });
          expect(text).toMatch(/\n"a{99}\n/);
          expect(text).toContain("offset 100");
        },
        refuses: [
          [0, /takes more than 0/],
          [32_769, /takes at most 32768/],
          ["all", /takes a number/],
        ],
      },
    },
  },

  event_replay: {
    answers: "the new event",
    told: async (at) => {
      const { id } = await dead(at);
      const text = await at.ask("event_replay", { event_id: id });
      expect(text).toMatch(new RegExp(`^${id} is replayed as evt_\\w+; it waits in its lane\\.$`));
      await settle(at);
    },
    least: () => ({}),
    arguments: {
      event_id: {
        promise: "is the one that is handled again, once",
        holds: async (at) => {
          const { id } = await dead(at);
          const again = found((await at.ask("event_replay", { event_id: id })).replace(id, ""), /evt_\w+/);
          expect(await at.ask("event_replay", { event_id: id })).toContain(
            `was replayed before, as ${again}`,
          );
          expect(await at.ask("event_take", { wait_seconds: 10 })).toContain(again);
          await at.ask("event_ack", { summary: "done" });
        },
        refuses: [NO_EVENT_ID, [UNKNOWN_ID, /there is no event .*\. \w+/], NO_TEXT],
      },
      source: {
        promise: "is whose dead events are",
        holds: async (at) => {
          const { source } = await dead(at);
          expect(await at.ask("event_replay", { source })).toBe(
            "1 dead event is replayed as new ones. None are left.",
          );
          expect(await at.ask("event_replay", { source })).toContain("no dead events like that");
          await settle(at);
        },
        refuses: [
          ["", /is empty: The dead of this source/],
          [long(121), /has more than 120 characters/],
          NO_TEXT,
        ],
      },
      day: {
        promise: "is when they ended",
        holds: async (at) => {
          const { source } = await dead(at);
          expect(await at.ask("event_replay", { source, day: "2001-01-31" })).toContain(
            "no dead events like that",
          );
          const day = new Date().toISOString().slice(0, 10);
          expect(await at.ask("event_replay", { source, day })).toContain("1 dead event is replayed");
          await settle(at);
        },
        refuses: [
          ["yesterday", /takes a date, 2026-01-31/],
          [7, /takes a date, 2026-01-31|takes text/],
        ],
      },
      limit: {
        promise: "is how many of them are",
        default: 100,
        holds: async (at) => {
          const { source } = await dead(at, 2);
          expect(await at.ask("event_replay", { source, limit: 1 })).toContain("1 are left");
          await settle(at);
        },
        refuses: [
          [0, /takes 1 to 500/],
          [501, /takes 1 to 500/],
          ["all", /takes 1 to 500/],
        ],
      },
    },
  },
};

/** A source whose events have failed; the last of them. */
async function dead(at: Place, events = 1): Promise<{ source: string; id: string }> {
  const source = await at.source();
  let last = "";
  for (let i = 0; i < events; i++) {
    last = (await at.event(source)).id;
    await at.ask("event_take", { wait_seconds: 10 });
    await at.ask("event_ack", { event_id: last, summary: "can't", outcome: "failed" });
  }
  return { source: source.slug, id: last };
}

/** The event that waits for this session. */
async function settle(at: Place): Promise<void> {
  await at.ask("event_take", { wait_seconds: 10 });
  await at.ask("event_ack", { summary: "done" });
}
