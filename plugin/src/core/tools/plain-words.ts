/** What is wrong with an argument, and what would be right, where its own schema has no words for it. Never its value. */
import type * as z from "zod";
import { word } from "./names.ts";

type Issue = z.core.$ZodRawIssue;

export const MISSING = "is missing";
export const EMPTY = "is empty";

const MOST_NAMED = 5;

/** For `safeParse`: an error map that stands behind every schema's own. */
export function plainly(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? MISSING : `takes ${KINDS.get(issue.expected) ?? issue.expected}`;
    case "invalid_value":
      return `takes ${list(issue.values.map(String))}`;
    case "too_small":
      if (issue.origin !== "number" && issue.origin !== "int") return EMPTY;
      return issue.inclusive ? `takes ${issue.minimum} or more` : `takes more than ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string"
        ? `has more than ${issue.maximum} characters`
        : `takes at most ${issue.maximum}`;
    case "unrecognized_keys":
      return unknownOf(issue.keys, issue.inst);
    default:
      return undefined;
  }
}

/** For a union of a plain form and an object: what is wrong inside of the object, else `rule`. */
export const insideOr = (rule: string) => (issue: Issue) => {
  if (issue.code !== "invalid_union") return rule;
  const inside = issue.errors.find((issues) => issues.some(({ path }) => path.length > 0));
  return inside?.map(({ path, message }) => `${path.map(String).join(".")} ${message}`).join("; ") ?? rule;
};

const KINDS: ReadonlyMap<string, string> = new Map([
  ["string", "text"],
  ["number", "a number"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "an object"],
  ["record", "an object"],
]);

const list = (words: string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

function unknownOf(keys: readonly string[], inst: Issue["inst"]): string {
  // zod tells of the schema that complains without its kind; unrecognized keys are an object's alone.
  const { shape = {} } = (inst?._zod.def ?? {}) as Partial<z.core.$ZodObjectDef>;
  const known = Object.keys(shape);
  const names = keys.slice(0, MOST_NAMED).map(word).join(", ");
  return `there is no argument ${names}; ${known.length === 0 ? "it takes none" : `known are ${known.join(", ")}`}`;
}
