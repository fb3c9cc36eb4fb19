/** What somebody asks a source to be, looked at before anything is made of it. */
import { SignalboxError } from "../domain/errors.ts";
import { SourceSettings } from "../domain/source.ts";

/** Throws `SignalboxError` (invalid) that names the setting. */
export function requireSettings(asked: unknown): SourceSettings {
  const parsed = SourceSettings.safeParse(asked);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where =
    issue === undefined || issue.path.length === 0
      ? "the source"
      : issue.path
          .join(".")
          .replace(/^options\./, "")
          .slice(0, 100);
  throw new SignalboxError(
    "invalid",
    "bad_source",
    `${where}: ${issue?.message ?? "not understood"}`,
    "Correct it and create the source again; nothing was changed",
  );
}
