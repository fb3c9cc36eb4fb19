/** What an owner may write as a schedule: five fields or a nickname. What is wrong is named, and a right one shown. */
import { Cron as Reckoner } from "croner";
import { nextTime } from "./schedule.ts";

const NICKNAMES = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

const FIELDS = [
  "minute (0-59)",
  "hour (0-23)",
  "day of the month (1-31)",
  "month (1-12 or jan-dec)",
  "day of the week (0-7 or sun-sat)",
] as const;

export const GOOD_SCHEDULE = '"30 9 * * 1-5" is 09:30 from Monday to Friday';

const LONGEST = 200;

export type ReadSchedule = { kind: "schedule"; expression: string } | { kind: "trouble"; what: string };

const trouble = (what: string): ReadSchedule => ({ kind: "trouble", what });

export function scheduleText(text: string): ReadSchedule {
  const expression = text.trim().replace(/\s+/g, " ").toLowerCase();
  if (expression.length > LONGEST) return trouble(`has more than ${LONGEST} characters`);
  if (expression.startsWith("@")) {
    if (!NICKNAMES.includes(expression)) return trouble(`is no nickname; there are ${NICKNAMES.join(", ")}`);
    return { kind: "schedule", expression };
  }
  const fields = expression === "" ? [] : expression.split(" ");
  if (fields.length !== FIELDS.length) {
    return trouble(
      `has ${fields.length} ${fields.length === 1 ? "field" : "fields"}; it takes five (minute, hour, day of the month, month, day of the week) or ${NICKNAMES.join(", ")}`,
    );
  }
  const wrong = FIELDS.find((_, i) => !isRight(FIELDS.map((_, j) => (i === j ? fields[i] : "*")).join(" ")));
  if (wrong !== undefined) return trouble(`has a wrong ${wrong}`);
  if (!isRight(expression)) return trouble("is not understood");
  // From long ago, so that it does not depend on today.
  if (nextTime({ expression, timezone: "UTC" }, 0) === null)
    return trouble("never comes: there is no such day");
  return { kind: "schedule", expression };
}

function isRight(expression: string): boolean {
  try {
    new Reckoner(expression, { mode: "5-part", timezone: "UTC" });
    return true;
  } catch {
    return false;
  }
}
