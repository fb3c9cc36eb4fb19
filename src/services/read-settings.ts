/** What an owner has asked for, checked; what is wrong is named, and what would be right is said. */
import type { z } from "zod";
import { SignalboxError } from "../domain/errors.ts";

/** Throws `SignalboxError` (invalid). */
export function readSettings<T>(of: string, shape: z.ZodType<T>, asked: unknown): T {
  const parsed = shape.safeParse(asked);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where =
    issue === undefined || issue.path.length === 0 ? `the ${of}` : issue.path.join(".").slice(0, 100);
  throw new SignalboxError(
    "invalid",
    `bad_${of}`,
    `${where}: ${issue?.message ?? "not understood"}`,
    "Correct it and try again; nothing was changed",
  );
}
