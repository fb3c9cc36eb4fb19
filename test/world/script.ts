/** The command line of the project's own scripts, such as `npm run fuzz`: what can't be done is one line and the usage. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { reasonOf } from "../../src/domain/errors.ts";

/** What was asked for makes no sense; the message says why. */
export class Misuse extends Error {}

interface Script<Options extends ParseArgsOptionsConfig> {
  usage: string;
  options: Options;
  run(values: ReturnType<typeof parseArgs<{ options: Options }>>["values"]): Promise<number>;
}

/** The exit code: that of `run`, and 2 for misuse. */
export async function script<const Options extends ParseArgsOptionsConfig>({
  usage,
  options,
  run,
}: Script<Options>): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  try {
    return await run(parsed(() => parseArgs({ args, options }).values));
  } catch (error) {
    console.error(error instanceof Misuse ? `${error.message}\n${usage}` : error);
    return error instanceof Misuse ? 2 : 1;
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Misuse(`${reasonOf(error).split(". ")[0]}.`);
  }
}

/** The option's text as a whole number from `min` on. */
export function whole(name: string, text: string, min: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min) return Number(text);
  throw new Misuse(`--${name} takes a whole number from ${min} on, not "${text}".`);
}
