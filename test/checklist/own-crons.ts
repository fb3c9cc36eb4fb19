/** What Signalbox has besides for crons: `cron_update`, `cron_run`. */
import { expect } from "vitest";
import { long, NO_TEXT, type Refused, type ToolCheck } from "./check.ts";
import { listed, run } from "./cron-acts.ts";
import { CRON_TOOLS } from "./crons.ts";
import { ABSENT, OTHER, type Place } from "./place.ts";

const UNKNOWN_CRON: Refused = ["cron_none", /there is no cron of this id\. cron_list tells the ids/];
const NO_ID: Refused = ["", /id: is empty: The cron's id, cron_/];

/** Each argument of cron_create, changed alone. */
const CHANGES: Readonly<Record<string, { value: unknown; told: RegExp }>> = {
  schedule: { value: "5 4 * * 0", told: /Schedule: 5 4 \* \* 0/ },
  prompt: { value: "Tidy up.", told: /Prompt: "Tidy up\."/ },
  label: { value: "tidy", told: /^tidy \(cron_/m },
  session: { value: OTHER, told: new RegExp(`Session: ${OTHER}\\.`) },
  priority: { value: "priority", told: /Priority: priority\./ },
  timezone: { value: "Asia/Tokyo", told: /in Asia\/Tokyo/ },
  misfire: { value: "skip", told: /Misfire: skip/ },
  overlap: { value: "queue", told: /Overlap: queue/ },
  max_lateness_minutes: { value: 30, told: /at most 30 minutes late/ },
  remind_seconds: { value: 60, told: /reminded after 60 seconds/ },
  timeout_seconds: { value: 600, told: /goes back after 600 seconds/ },
  fanout: { value: "all", told: /each connected session gets an event/ },
};

export const OWN_CRON_TOOLS: Readonly<Record<string, ToolCheck>> = {
  cron_update: {
    answers: "the cron as it is now",
    told: async (at) => {
      const { id } = await at.cron({ label: "before" });
      const text = await at.ask("cron_update", { id, prompt: "/after" });
      expect(text).toMatch(new RegExp(`^The cron is changed:\\nbefore \\(${id}\\)`));
      expect(text).toContain('Prompt: "/after"');
    },
    least: async (at) => ({ id: (await at.cron()).id, prompt: "/never" }),
    arguments: {
      id: {
        promise: "names the cron that is changed, and no other one is",
        required: true,
        holds: async (at) => {
          const [one, two] = [await at.cron(), await at.cron()];
          await at.ask("cron_update", { id: one.id, prompt: "/changed" });
          expect(await listed(at, one.id)).toContain('"/changed"');
          expect(await listed(at, two.id)).toContain('"/catchup"');
        },
        refuses: [NO_ID, UNKNOWN_CRON, [long(121), /longer than any there is/], NO_TEXT],
      },
      paused: {
        promise: "pauses it, or lets it go on",
        holds: async (at) => {
          const { id } = await at.cron();
          const text = await at.ask("cron_update", { id, paused: true });
          expect(text).toContain(`${id}, paused`);
          expect(text).toContain("Next: none while it is paused");
          expect(await at.ask("cron_update", { id, paused: false })).toMatch(/Next: \w+ \d{4}-/);
        },
        refuses: [["yes", /takes true or false/]],
      },
      ...Object.fromEntries(
        Object.entries(CHANGES).map(([name, { value, told }]) => [
          name,
          {
            promise: "is changed, and nothing else is",
            holds: async (at: Place) => {
              const { id } = await at.cron({ session: ABSENT });
              expect(await at.ask("cron_update", { id, [name]: value })).toMatch(told);
              expect(await listed(at, id)).toMatch(told);
            },
            refuses: CRON_TOOLS.cron_create?.arguments[name]?.refuses ?? [],
          },
        ]),
      ),
    },
  },

  cron_run: {
    answers: "the event that it makes, and the cron, whose schedule stays",
    told: async (at) => {
      const { id, text: before } = await at.cron({ session: ABSENT });
      const text = await at.ask("cron_run", { id });
      expect(text).toMatch(/^evt_\w+ is made and waits in its lane\.\n/);
      expect(/Next: .*/.exec(text)?.[0]).toBe(/Next: .*/.exec(before)?.[0]);
      expect(text).toContain("Fired: 1 time, last ");
    },
    least: async (at) => ({ id: (await at.cron()).id }),
    arguments: {
      id: {
        promise: "names the cron that makes an event now, also a paused one",
        required: true,
        holds: async (at) => {
          const { id } = await at.cron({ session: ABSENT });
          await at.ask("cron_update", { id, paused: true });
          expect(await at.info((await run(at, id)).id)).toMatchObject({
            state: "queued",
            lane: `tag:${ABSENT}`,
          });
        },
        refuses: [NO_ID, UNKNOWN_CRON, [long(121), /longer than any there is/], NO_TEXT],
      },
    },
  },
};
