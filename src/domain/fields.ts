/**
 * Only the chosen parts of a JSON payload: what a route names by JSON pointers (https://www.rfc-editor.org/rfc/rfc6901), in
 * which `*` stands for each element of an array. The shape stays: of the messages of all commits `{"commits":[{"message":…}]}`.
 * What is kept is written anew, so numbers beyond a double's precision lose digits.
 */
import { z } from "zod";

const MOST_FIELDS = 100;

const POINTER_RULE = "is no JSON pointer, such as /pull_request/title or /commits/*/message";

export const Fields = z
  .array(
    z
      .string()
      .max(500, "has more than 500 characters")
      .regex(/^(\/([^~/]|~[01])*)+$/, POINTER_RULE),
  )
  .min(1, "names no field; leave it out for all of them")
  .max(MOST_FIELDS, `has more than ${MOST_FIELDS} fields`);
export type Fields = z.infer<typeof Fields>;

/** What is chosen below a place: everything, or some of its children. */
type Choice = "all" | Map<string, Choice>;

/** Undefined: nothing of it was chosen. Own properties only. */
export function chosen(json: unknown, fields: Fields): unknown {
  return pick(json, choiceOf(fields));
}

function choiceOf(fields: Fields): Choice {
  const root = new Map<string, Choice>();
  for (const field of fields) {
    const tokens = field
      .slice(1)
      .split("/")
      .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
    choose(root, tokens);
  }
  return root;
}

function choose(at: Map<string, Choice>, [token = "", ...rest]: string[]): void {
  const known = at.get(token);
  if (known === "all") return;
  if (rest.length === 0) {
    at.set(token, "all");
    return;
  }
  const below = known ?? new Map<string, Choice>();
  at.set(token, below);
  choose(below, rest);
}

function pick(json: unknown, choice: Choice): unknown {
  if (choice === "all") return json;
  if (Array.isArray(json)) return pickElements(json, choice);
  return typeof json === "object" && json !== null ? pickNames(json, choice) : undefined;
}

/** In the payload's order. What a million small things have is looked through, and not what they might have. */
function pickNames(json: object, choice: Map<string, Choice>): unknown {
  const kept = Object.entries(json).flatMap(([name, child]: [string, unknown]) => {
    const below = choice.get(name);
    const picked = below === undefined ? undefined : pick(child, below);
    return picked === undefined ? [] : [[name, picked] as const];
  });
  // Made of entries, so that `__proto__` is a name like any other.
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Elements of which nothing was chosen are left out. */
function pickElements(elements: readonly unknown[], choice: Map<string, Choice>): unknown[] | undefined {
  const each = choice.get("*");
  const kept = elements.flatMap((element, index) => {
    const below = both(choice.get(String(index)), each);
    const picked = below === undefined ? undefined : pick(element, below);
    return picked === undefined ? [] : [picked];
  });
  return kept.length === 0 ? undefined : kept;
}

/** What at least one of them chooses. */
function both(one: Choice | undefined, other: Choice | undefined): Choice | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one === "all" || other === "all") return "all";
  const merged = new Map(one);
  for (const [token, below] of other) merged.set(token, both(merged.get(token), below) ?? below);
  return merged;
}

/** The payload as its route wants it. What is not JSON has no fields. */
export function onlyFields({ payload, json }: { payload: string; json: unknown }, fields: Fields): string {
  const kept = json === undefined ? undefined : chosen(json, fields);
  if (kept === undefined) return "";
  try {
    return JSON.stringify(kept);
  } catch {
    // JSON.parse reads any depth, JSON.stringify has a stack. Rather too much than an event that can't be stored.
    return payload;
  }
}
