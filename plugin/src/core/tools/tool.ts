/** What a tool is. Answers are text alone: where there is `structuredContent`, Claude is shown only that. */
import type * as z from "zod";
import { EMPTY, MISSING, plainly } from "./plain-words.ts";

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
      const parsed = words.input.safeParse(args ?? {}, { error: plainly });
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
    .map(({ path, message }) => {
      if (path.length === 0) return message;
      // What is not there can be told by what it is for alone.
      const says = message === MISSING || message === EMPTY ? wordsOf(input, path) : "";
      return `argument ${path.join(".")}: ${message}${says === "" ? "" : `: ${says}`}`;
    })
    .join("; ");
}

function wordsOf({ shape }: z.ZodObject, [name, ...inside]: PropertyKey[]): string {
  const schema = inside.length === 0 && typeof name === "string" ? shape[name] : undefined;
  return (schema as z.ZodType | undefined)?.description ?? "";
}
