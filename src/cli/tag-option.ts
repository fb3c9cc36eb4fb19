/** A lane's tag as an option: read here, so that a bad one is refused before anything is asked or written. */
import { SignalboxError } from "../domain/errors.ts";
import { label, Tag } from "../domain/grammar.ts";
import { type Call, textOf } from "./command.ts";

/** Null: "", the untagged lane; undefined: not given. */
export function tagOf(call: Call, option: string): string | null | undefined {
  const given = textOf(call, option);
  if (given === "") return null;
  if (given === undefined || Tag.safeParse(given).success) return given;
  throw new SignalboxError(
    "invalid",
    "bad_tag",
    `--${option} "${label(given)}" is not a tag`,
    'A tag has 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit; "" is the untagged lane',
  );
}
