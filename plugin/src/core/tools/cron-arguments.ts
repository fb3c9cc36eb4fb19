/** The arguments that `cron_create` and `cron_update` share, and what the server calls them. */
import * as z from "zod";
import { isTag, TAG_RULE } from "../tag.ts";

export const GOOD_SCHEDULE = '"30 9 * * 1-5" is 09:30 from Monday to Friday, "@daily" each midnight';

const SECONDS_RULE = "takes whole seconds: 1 to 86400, or 0 for the server's own";
const seconds = (words: string) =>
  z.int(SECONDS_RULE).min(0, SECONDS_RULE).max(86_400, SECONDS_RULE).optional().describe(words);

const LATENESS_RULE = "takes whole minutes, 0 to 527040; 0: however late";

export const schedule = z
  .string(`takes five fields or a nickname: ${GOOD_SCHEDULE}`)
  .min(1, `is empty: ${GOOD_SCHEDULE}`)
  .max(200)
  .describe(
    `Minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly, @monthly, @yearly. ${GOOD_SCHEDULE}`,
  );

export const prompt = z
  .string()
  .min(1, "is empty; say what is to be done")
  .max(20_000)
  .describe("What to do then: a skill such as /catchup, or text");

export const common = {
  label: z.string().max(64).optional().describe("A short name, shown with its events"),
  session: z
    .string()
    .refine((text) => text === "" || isTag(text), TAG_RULE)
    .optional(),
  priority: z.enum(["normal", "priority", "interrupt"]).optional(),
  timezone: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe("IANA name, such as Europe/Berlin; default: the server's"),
  misfire: z
    .enum(["once", "skip", "all"])
    .optional()
    .describe(
      "Times that passed while the server was down: once (default) makes one event for all of them, skip none, all one for each (at most 100)",
    ),
  overlap: z
    .enum(["coalesce", "queue", "skip"])
    .optional()
    .describe(
      "When its last event is not done yet: coalesce (default) replaces it while it waits, queue waits behind it, skip leaves the new one out",
    ),
  max_lateness_minutes: z
    .int(LATENESS_RULE)
    .min(0, LATENESS_RULE)
    .max(527_040, LATENESS_RULE)
    .optional()
    .describe("A time that is longer past makes no event; 0 (default): however late"),
  remind_seconds: seconds("Silence with one of its events in hand until the session is reminded"),
  timeout_seconds: seconds("The same until the event goes back"),
  fanout: z
    .enum(["all", ""], 'takes "all", or "" for none')
    .optional()
    .describe('"all": each session that is connected gets an event of its own; default: one of them gets it'),
};

type Common = { [Name in keyof typeof common]: z.output<(typeof common)[Name]> };

/** As the wire has them; what was not given is left out. */
export function onTheWire({
  session,
  max_lateness_minutes,
  remind_seconds,
  timeout_seconds,
  ...same
}: Partial<Common>) {
  const { label, priority, timezone, misfire, overlap, fanout } = same;
  return {
    ...(label !== undefined && { label }),
    ...(session !== undefined && { tag: session }),
    ...(priority !== undefined && { priority }),
    ...(timezone !== undefined && { timezone }),
    ...(misfire !== undefined && { misfire }),
    ...(overlap !== undefined && { overlap }),
    ...(fanout !== undefined && { fanout }),
    ...(max_lateness_minutes !== undefined && { maxLatenessMinutes: max_lateness_minutes }),
    ...(remind_seconds !== undefined && { remindSeconds: remind_seconds }),
    ...(timeout_seconds !== undefined && { timeoutSeconds: timeout_seconds }),
  };
}

/** The wire's names of what is called otherwise here. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  tag: "session",
  maxLatenessMinutes: "max_lateness_minutes",
};

/** The server names what it complains of as it calls it: `schedule: …`. */
export const inOurWords = (text: string): string =>
  text.replace(/^(\w+): /, (_, name: string) => `argument ${ARGUMENTS[name] ?? name}: `);
