/**
 * How one setting is declared: what texts it takes, its default, and what the documentation says. Every value comes
 * as text, from an option or the environment.
 */
import { z } from "zod";

export interface AboutSetting {
  /** What a correct value is, in words; ends the sentence "it must be …". */
  accepts: string;
  unit: string;
  /** What stands for the value behind the option's name. */
  placeholder: string;
  /** As text; null: unset. */
  default: string | null;
  /** One line. */
  doc: string;
  /** Never shown, and not to be had as an option, because command lines are seen by every user of the machine. */
  secret: boolean;
}

export const about = z.registry<AboutSetting>();

interface Words {
  doc: string;
  default: string;
  unit?: string;
  accepts?: string;
  placeholder?: string;
}

export function wholeNumber(min: number, max: number, words: Words) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .prefault(words.default)
    .register(about, {
      accepts: `a whole number from ${min} to ${max}${words.unit === undefined ? "" : ` (${words.unit})`}`,
      unit: "",
      placeholder: words.unit?.toUpperCase() ?? "N",
      secret: false,
      ...words,
    });
}

export function choice<const T extends readonly [string, ...string[]]>(values: T, words: Words) {
  return z
    .enum(values)
    .prefault(() => z.enum(values).parse(words.default))
    .register(about, {
      accepts: `one of ${values.join(", ")}`,
      unit: "",
      placeholder: values.join("|"),
      secret: false,
      ...words,
    });
}

export function yesOrNo(words: Words) {
  return z
    .string()
    .regex(/^(true|false|1|0|yes|no)$/)
    .transform((text) => text === "true" || text === "1" || text === "yes")
    .prefault(words.default)
    .register(about, {
      accepts: "true or false",
      unit: "",
      placeholder: "true|false",
      secret: false,
      ...words,
    });
}

export function text(pattern: RegExp, accepts: string, words: Words & { placeholder: string }) {
  return z
    .string()
    .regex(pattern)
    .prefault(words.default)
    .register(about, { accepts, unit: "", secret: false, ...words });
}

/** A setting that may be unset, which is null. */
export function optionalText(
  check: (text: string) => boolean,
  accepts: string,
  words: { doc: string; placeholder: string; secret?: boolean },
) {
  return z
    .string()
    .refine(check)
    .optional()
    .transform((value) => value ?? null)
    .register(about, { accepts, unit: "", default: null, secret: false, ...words });
}
