/** What a tool is. Answers are text alone: where there is `structuredContent`, Claude is shown only that. */
import type * as z from "zod";
import { word } from "./names.ts";

export interface ToolAnswer {
  text: string;
  /** The call came to nothing; the text says what to do. */
  failed: boolean;
  /** Called once the answer was written to the client. */
  whenWritten?: () => void;
}

export interface Tool {
  name: string;
  description: string;
  input: z.ZodObject;
  /** Claude needs not search for it. */
  alwaysLoad: boolean;
  run(args: unknown, signal: AbortSignal): Promise<ToolAnswer>;
}

/** Closed: what Claude says and we don't know was meant for something, and would be done without it. */
type Closed = z.ZodObject<z.core.$ZodLooseShape, z.core.$strict>;

interface ToolWords<S extends Closed> {
  name: string;
  description: string;
  input: S;
  alwaysLoad?: boolean;
  run(args: z.output<S>, signal: AbortSignal): Promise<ToolAnswer>;
}

/** A tool whose arguments are checked before it runs. */
export function tool<S extends Closed>({ alwaysLoad = false, run, ...words }: ToolWords<S>): Tool {
  return {
    ...words,
    alwaysLoad,
    run: async (args, signal) => {
      const parsed = words.input.safeParse(args ?? {});
      return parsed.success
        ? run(parsed.data, signal)
        : refusal(`${words.name}: ${complaint(parsed.error, words.input)}`);
    },
  };
}

export const answer = (text: string): ToolAnswer => ({ text, failed: false });
export const refusal = (text: string): ToolAnswer => ({ text, failed: true });

/** Which argument, and what it should be; never its value. */
function complaint(error: z.ZodError, input: z.ZodObject): string {
  return error.issues
    .map((issue) => {
      if (issue.path.length > 0) return `argument ${issue.path.join(".")}: ${issue.message}`;
      return issue.code === "unrecognized_keys" ? unknownOf(issue.keys, input) : issue.message;
    })
    .join("; ");
}

const MOST_NAMED = 5;

function unknownOf(keys: readonly string[], input: z.ZodObject): string {
  const known = Object.keys(input.shape);
  const names = keys.slice(0, MOST_NAMED).map(word).join(", ");
  return `there is no argument ${names}; known are ${known.length === 0 ? "none" : known.join(", ")}`;
}
