/**
 * What is fuzzed: something that takes bytes from outside, a generator of inputs, and an oracle. An input is bytes, so that
 * every corpus is a folder of files; most are JSON, to be read and written by hand.
 */
import type { Chance } from "./chance.ts";

export interface Target {
  /** Also its folder in the corpus. */
  readonly name: string;
  /** What holds for every input, in a sentence. */
  readonly promise: string;
  open(): Promise<Subject>;
}

/** A target that is set up. Inputs are judged one after the other and may meet what earlier ones left. */
export interface Subject {
  generate(chance: Chance): Uint8Array;
  /** Throws where the promise is broken. An input that is none of this target's kind breaks nothing. */
  judge(input: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

export function hold(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new BrokenPromise(broken);
}

/** As a message of an error may hold anything: one short line. */
export const brief = (value: unknown): string => {
  const text = value instanceof Error ? (value.stack ?? value.message) : String(value);
  return text.replace(/\s+/g, " ").slice(0, 600);
};

export const bytesOf = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json) ?? "null");

/** Undefined where it is not JSON. */
export function jsonOf(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString("utf8"));
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Nothing of the inside is told: no stack, no path of a source file. */
export function holdQuiet(text: string): void {
  hold(
    !/\n\s+at .*:\d+:\d+|node_modules|\/src\/[a-z-]+\/[a-z-]+\.ts/.test(text),
    `a stack is told: ${brief(text)}`,
  );
}

/** An expected error of ours is a line with a cure; anything else is a bug. */
export function holdOneLine(error: unknown): void {
  const line = error instanceof Error && "line" in error ? String(error.line) : null;
  hold(
    error instanceof Error && error.name === "SignalboxError" && line !== null,
    `not an error of ours: ${brief(error)}`,
  );
  hold(
    !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line),
    `more than one plain line: ${JSON.stringify(line).slice(0, 300)}`,
  );
  hold(line.length < 2_000, `a line of ${line.length} characters`);
  hold("cure" in error && typeof error.cure === "string" && error.cure.length > 5, `no cure: ${line}`);
}
