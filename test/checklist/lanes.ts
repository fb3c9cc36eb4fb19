/** What Signalbox has besides for lanes: `lane_pause`, `lane_resume`, `lane_update`, `lane_list`. */
import { expect } from "vitest";
import { type ArgumentCheck, BAD_TAG, long, NO_TEXT, type ToolCheck } from "./check.ts";
import { ABSENT, OWN } from "./place.ts";

const session = (tool: string, more: object, told: RegExp): ArgumentCheck => ({
  promise: 'is the tag of the lane; by default this session\'s own, "" is the untagged one',
  holds: async (at) => {
    const tag = at.fresh("lane");
    const name = { [tag]: tag, "": "untagged" };
    for (const [given, called] of Object.entries(name)) {
      const text = await at.ask(tool, { ...more, session: given });
      expect(text).toMatch(new RegExp(`^${called}: \\d+ waiting`));
      expect(text).toMatch(told);
      await at.ask("lane_resume", { session: given });
      await at.ask("lane_update", { session: given, max_depth: 0, policy: "fifo" });
    }
    expect(await at.ask(tool, more)).toMatch(new RegExp(`^${OWN}: `));
    await at.ask("lane_resume");
    await at.ask("lane_update", { max_depth: 0, policy: "fifo" });
  },
  refuses: [BAD_TAG, NO_TEXT],
});

export const LANE_TOOLS: Readonly<Record<string, ToolCheck>> = {
  lane_pause: {
    answers: "that the lane holds, since when, by whom, and how it goes on",
    told: async (at) => {
      const tag = at.fresh("held");
      const text = await at.ask("lane_pause", { session: tag });
      expect(text).toMatch(
        /paused since \d{4}-\d\d-\d\d \d\d:\d\d UTC by laptop.*; lane_resume lets it go on/,
      );
      const source = await at.source({ session: tag });
      expect((await at.event(source)).state).toBe("queued");
      await at.ask("lane_resume", { session: tag });
    },
    least: () => ({ session: ABSENT }),
    arguments: {
      session: session("lane_pause", {}, /paused since/),
      reason: {
        promise: "is for whoever finds it paused",
        holds: async (at) => {
          const tag = at.fresh("held");
          await at.ask("lane_pause", { session: tag, reason: "until the release" });
          expect(await at.ask("lane_list")).toContain('("until the release")');
          await at.ask("lane_resume", { session: tag });
        },
        refuses: [["", /is empty: Why, for whoever/], [long(301), /has more than 300 characters/], NO_TEXT],
      },
    },
  },

  lane_resume: {
    answers: "that the lane goes on",
    told: async (at) => {
      await at.ask("lane_pause");
      const { id } = await at.event(await at.source());
      expect(await at.ask("event_take", { wait_seconds: 0 })).toContain("No event came.");
      expect(await at.ask("lane_resume")).toContain("not paused");
      expect(await at.ask("event_take", { wait_seconds: 10 })).toContain(id);
      await at.ask("event_ack", { summary: "done" });
    },
    least: () => ({}),
    arguments: { session: session("lane_resume", {}, /not paused/) },
  },

  lane_update: {
    answers: "how the lane stands",
    told: async (at) => {
      const tag = at.fresh("bounded");
      const text = await at.ask("lane_update", { session: tag, max_depth: 5, policy: "round-robin" });
      expect(text).toContain(`${tag}: 0 waiting, not paused, at most 5 may wait, 0 refused`);
      expect(text).toContain("its sources take turns");
    },
    least: () => ({ session: ABSENT }),
    arguments: {
      session: session("lane_update", { max_depth: 9 }, /at most 9 may wait/),
      max_depth: {
        promise: "is how many may wait; beyond it webhooks are told to come again",
        holds: async (at) => {
          const tag = at.fresh("bounded");
          await at.ask("lane_update", { session: tag, max_depth: 1 });
          const source = await at.source({ session: tag });
          expect((await at.send(source)).status).toBe(202);
          expect(await at.send(source)).toMatchObject({ status: 429, body: { code: "lane_full" } });
          await at.ask("lane_update", { session: tag, max_depth: 0 });
          expect((await at.send(source)).status).toBe(202);
        },
        refuses: [
          [-1, /takes 0 or more/],
          [1_000_001, /takes at most 1000000/],
          ["deep", /takes a number/],
        ],
      },
      policy: {
        promise: "is fifo, or round-robin, in which sources take turns",
        holds: async (at) => {
          const [a, b] = [await at.source(), await at.source()];
          await at.ask("lane_update", { policy: "round-robin" });
          const [a1, a2, b1] = [await at.event(a), await at.event(a), await at.event(b)];
          for (const { id } of [a1, b1, a2]) {
            expect(await at.ask("event_take", { wait_seconds: 10 })).toContain(`Signalbox event ${id} `);
            await at.ask("event_ack", { event_id: id, summary: "done" });
          }
          await at.ask("lane_update", { policy: "fifo" });
        },
        refuses: [["lifo", /takes fifo or round-robin/]],
      },
    },
  },

  lane_list: {
    answers: "the lanes that are not as all others",
    told: async (at) => {
      const tag = at.fresh("bounded");
      await at.ask("lane_update", { session: tag, max_depth: 3 });
      expect(await at.ask("lane_list")).toContain(`${tag}: 0 waiting, not paused, at most 3 may wait`);
      await at.ask("lane_update", { session: tag, max_depth: 0 });
      expect(await at.ask("lane_list")).not.toContain(tag);
    },
    least: () => ({}),
    arguments: {},
  },
};
