/** What a tool is. Answers are text alone: where there is `structuredContent`, Claude is shown only that. */
import type { z } from "zod";

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

interface ToolWords<S extends z.ZodObject> {
  name: string;
  description: string;
  input: S;
  alwaysLoad?: boolean;
  run(args: z.output<S>, signal: AbortSignal): Promise<ToolAnswer>;
}

/** A tool whose arguments are checked before it runs. */
export function tool<S extends z.ZodObject>({ alwaysLoad = false, run, ...words }: ToolWords<S>): Tool {
  return {
    ...words,
    alwaysLoad,
    run: async (args, signal) => {
      const parsed = words.input.safeParse(args ?? {});
      return parsed.success ? run(parsed.data, signal) : refusal(`${words.name}: ${complaint(parsed.error)}`);
    },
  };
}

export const answer = (text: string): ToolAnswer => ({ text, failed: false });
export const refusal = (text: string): ToolAnswer => ({ text, failed: true });

/** Which argument, and what it should be; never its value. */
function complaint(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `argument ${path.join(".")}: ${message}`))
    .join("; ");
}
