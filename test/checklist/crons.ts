/** Clawback's documentation of crons: `cron_create`, `cron_list`, `cron_delete`. */
import { expect } from "vitest";
import { type ArgumentCheck, BAD_PRIORITY, BAD_TAG, long, NO_TEXT, type ToolCheck } from "./check.ts";
import { listed, run } from "./cron-acts.ts";
import { ABSENT, OTHER, OWN } from "./place.ts";

const GOOD = /"30 9 \* \* 1-5" is 09:30 from Monday to Friday/;

/** An argument whose value the cron tells, in the answer and in the list. */
const kept = (
  promise: string,
  value: unknown,
  told: RegExp,
  refuses: ArgumentCheck["refuses"],
  name: string,
): ArgumentCheck => ({
  promise,
  refuses,
  holds: async (at) => {
    const { id, text } = await at.cron({ [name]: value });
    expect(text).toMatch(told);
    expect(await listed(at, id)).toMatch(told);
  },
});

export const CRON_TOOLS: Readonly<Record<string, ToolCheck>> = {
  cron_create: {
    answers: "id and next firing",
    told: async (at) => {
      const { text } = await at.cron({ schedule: "30 9 * * 1-5", timezone: "Europe/Berlin" });
      expect(text).toMatch(/cron_\w{26}/);
      expect(text).toMatch(/^ {2}Next: \w+ \d{4}-\d\d-\d\d 09:30.*; .*09:30.*; .*09:30/m);
    },
    least: () => ({ schedule: "@yearly", prompt: "/never" }),
    arguments: {
      schedule: {
        promise: "has five fields, or is a nickname",
        required: true,
        holds: async (at) => {
          expect((await at.cron({ schedule: "0 0 1 1 *" })).text).toMatch(/Next: \w+ \d{4}-01-01 00:00/);
          expect((await at.cron({ schedule: "@monthly" })).text).toMatch(/Next: \w+ \d{4}-\d\d-01 00:00/);
        },
        refuses: [
          ["61 * * * *", /argument schedule: has a wrong minute \(0-59\)\. A good one: "30 9/],
          ["* 24 * * *", /has a wrong hour \(0-23\)\. A good one/],
          ["* * 32 * *", /has a wrong day of the month \(1-31\)/],
          ["* * * 13 *", /has a wrong month \(1-12 or jan-dec\)/],
          ["* * * * 9", /has a wrong day of the week \(0-7 or sun-sat\)/],
          ["* * *", /has 3 fields; it takes five \(minute, hour/],
          ["@sometimes", /is no nickname; there are @hourly, @daily/],
          ["0 0 30 2 *", /never comes: there is no such day/],
          ["", GOOD],
          [7, GOOD],
          [long(201), GOOD],
        ],
      },
      prompt: {
        promise: "is a skill or a text, and is what Claude is told to do",
        required: true,
        holds: async (at) => {
          const { id } = await at.cron({ prompt: "Water the plants." });
          expect(await at.reads(() => run(at, id))).toContain("Water the plants.");
        },
        refuses: [
          ["", /is empty; say what is to be done/],
          [" ", /is empty; say what is to be done/],
          [long(20_001), /has more than 20000 characters/],
          NO_TEXT,
        ],
      },
      label: {
        promise: "is a short name, which its events say",
        holds: async (at) => {
          const label = at.fresh("catching-up");
          const { id, text } = await at.cron({ label });
          expect(text).toContain(`${label} (${id})`);
          expect(await at.reads(() => run(at, id))).toContain(label);
        },
        refuses: [
          ["<b>", /has at most 64 of A-Z a-z 0-9 space/],
          [long(65), /has more than 64 characters/],
          NO_TEXT,
        ],
      },
      session: {
        promise: "is the tag that its events are for; by default this session's own",
        holds: async (at) => {
          expect((await at.cron()).text).toContain(`Session: ${OWN}.`);
          const { id } = await at.cron({ session: ABSENT });
          expect((await at.info((await run(at, id)).id)).lane).toBe(`tag:${ABSENT}`);
          expect((await at.cron({ session: "" })).text).toContain("Session: untagged.");
        },
        refuses: [BAD_TAG, ["untagged", /"untagged" is none/], NO_TEXT],
      },
      priority: {
        promise: "is where its events stand in their lane; by default at its end",
        holds: async (at) => {
          for (const priority of ["normal", "priority", "interrupt"]) {
            const { id } = await at.cron({ session: ABSENT, priority });
            expect((await at.info((await run(at, id)).id)).band).toBe(priority);
          }
          expect((await at.cron()).text).toContain("Priority: normal.");
        },
        refuses: [BAD_PRIORITY],
      },
      timezone: kept(
        "is where the schedule's time is",
        "Asia/Tokyo",
        /@yearly in Asia\/Tokyo/,
        [
          ["Mars", /is no time zone that is known; Europe\/Berlin is one/],
          ["", /is empty: IANA name/],
          NO_TEXT,
        ],
        "timezone",
      ),
      misfire: kept(
        "says what becomes of times that passed while the server was down",
        "skip",
        /Misfire: skip/,
        [["never", /takes once, skip or all/]],
        "misfire",
      ),
      overlap: kept(
        "says what becomes of a time whose last event is not done",
        "queue",
        /Overlap: queue/,
        [["never", /takes coalesce, queue or skip/]],
        "overlap",
      ),
      max_lateness_minutes: kept(
        "lets a time that is longer past make no event",
        30,
        /at most 30 minutes late/,
        [
          [-1, /takes whole minutes, 0 to 527040; 0: however late/],
          [527_041, /takes whole minutes, 0 to 527040/],
          ["late", /takes whole minutes/],
        ],
        "max_lateness_minutes",
      ),
      remind_seconds: kept(
        "is the silence until a session is reminded",
        60,
        /reminded after 60 seconds/,
        [
          [-1, /takes whole seconds: 1 to 86400, or 0 for the server's own/],
          [900, /900 is not before the timeout, 300 seconds\. Give less than 300/],
        ],
        "remind_seconds",
      ),
      timeout_seconds: kept(
        "is the silence until the event goes back",
        600,
        /goes back after 600 seconds/,
        [
          [86_401, /takes whole seconds: 1 to 86400/],
          [1, /1 is not behind the reminder, 120 seconds\. Give more than 120/],
        ],
        "timeout_seconds",
      ),
      fanout: kept(
        "gives each connected session an event of its own",
        "all",
        /each connected session gets an event/,
        [["some", /takes "all", or "" for none/]],
        "fanout",
      ),
    },
  },

  cron_list: {
    answers: "every cron with its id, schedule, prompt, tag and next firing",
    told: async (at) => {
      const { id } = await at.cron({ schedule: "5 4 * * 0", prompt: "Tidy up.", session: OTHER });
      const told = await listed(at, id);
      for (const part of ["5 4 * * 0", '"Tidy up."', `Session: ${OTHER}.`, "Next: "])
        expect(told).toContain(part);
    },
    least: () => ({}),
    arguments: {
      after: {
        promise: "goes on behind a cron",
        holds: async (at) => {
          const [one, two] = [await at.cron(), await at.cron()];
          const list = await at.ask("cron_list", { after: one.id });
          expect(list).toContain(two.id);
          expect(list).not.toContain(one.id);
        },
        refuses: [["", /is empty: Go on behind/], [long(65), /has more than 64 characters/], NO_TEXT],
      },
      limit: {
        promise: "is how many are told at most",
        default: 50,
        holds: async (at) => {
          await at.cron();
          await at.cron();
          const list = await at.ask("cron_list", { limit: 1 });
          expect(list.match(/ {2}Schedule: /g)).toHaveLength(1);
          expect(list).toContain('There are more: call cron_list with after "cron_');
        },
        refuses: [
          [0, /takes 1 to 50/],
          [51, /takes 1 to 50/],
          [1.5, /takes 1 to 50/],
          ["all", /takes 1 to 50/],
        ],
      },
    },
  },

  cron_delete: {
    answers: "that it is gone",
    told: async (at) => {
      const { id } = await at.cron();
      expect(await at.ask("cron_delete", { id })).toContain(`${id} is deleted.`);
    },
    least: (at) => at.cron().then(({ id }) => ({ id })),
    arguments: {
      id: {
        promise: "names the cron that makes no more events",
        required: true,
        holds: async (at) => {
          const [one, two] = [await at.cron(), await at.cron()];
          await at.ask("cron_delete", { id: one.id });
          expect(await listed(at, two.id)).toContain(two.id);
          expect(await listed(at, one.id)).toBe("");
        },
        refuses: [
          ["", /id: is empty: The cron's id, cron_/],
          ["cron_none", /There is no cron cron_none\. cron_list tells the ids/],
          [long(121), /longer than any there is/],
          NO_TEXT,
        ],
      },
    },
  },
};
