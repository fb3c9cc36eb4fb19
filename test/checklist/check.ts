/** What the check list says of a tool and of each of its arguments. */
import type { Place } from "./place.ts";

/** A bad value, and what is said of it: what is wrong, and what would be right. */
export type Refused = readonly [value: unknown, says: RegExp];

export interface ArgumentCheck {
  /** What the documentation promises of it. */
  promise: string;
  required?: true;
  /** What holds where it is not given, as the tool's schema says it. */
  default?: unknown;
  /** That it is so. */
  holds(at: Place): Promise<void>;
  refuses: readonly Refused[];
}

/** What stands inside of an argument (`eventType.header`); its bad values stand with the argument. */
export type InnerCheck = Pick<ArgumentCheck, "promise" | "holds">;

export interface ToolCheck {
  /** What its answers contain, by the documentation. */
  answers: string;
  /** That they do. */
  told(at: Place): Promise<void>;
  /** The least that it takes: a bad value stands beside it. */
  least(at: Place): object | Promise<object>;
  arguments: Readonly<Record<string, ArgumentCheck>>;
  inside?: Readonly<Record<string, InnerCheck>>;
}

/** Of a text argument. */
export const NO_TEXT: Refused = [7, /takes text/];
export const BAD_TAG: Refused = ["Not A Tag", /a tag has 1 to 64 of a-z 0-9 \. _ - and starts with a letter/];
export const BAD_PRIORITY: Refused = ["high", /takes normal, priority or interrupt/];

export const long = (characters: number): string => "x".repeat(characters);
