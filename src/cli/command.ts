/** What a command is, and what it is given; `main.ts` has the list of them. */
import type { ParseArgsOptionsConfig } from "node:util";
import type { Terminal } from "./terminal.ts";

export interface Command {
  /** What stands after the name: `[options] <scheme> <type>`. */
  synopsis: string;
  /** The rest of `--help`. */
  help: string;
  options: ParseArgsOptionsConfig;
  /** Whether it takes words that are no options; by default one that it does not know is refused. */
  allowPositionals?: boolean;
  /** Whether it does more than to tell, so that it goes on when nobody reads what it prints. */
  outlivesReader?: boolean;
  /** The exit code. Expected trouble is thrown as `SignalboxError`. */
  run(call: Call): Promise<number>;
}

export interface Call {
  values: { readonly [option: string]: string | boolean | (string | boolean)[] | undefined };
  positionals: readonly string[];
  env: { readonly [name: string]: string | undefined };
  terminal: Terminal;
}

/** The option's text; undefined: not given. */
export function textOf(call: Call, option: string): string | undefined {
  const value = call.values[option];
  return typeof value === "string" ? value : undefined;
}

export const isGiven = (call: Call, option: string): boolean => call.values[option] === true;
