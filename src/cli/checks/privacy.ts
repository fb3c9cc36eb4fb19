/** Whether a file or folder is its user's own and nobody else's to read or change. */
import { exposureOf } from "../../edges/private-file.ts";
import { type Finding, fail, ok } from "./finding.ts";

/** Null: there is nothing at `path`. */
export async function checkPrivate(path: string, mode: 0o600 | 0o700): Promise<Finding | null> {
  const exposure = await exposureOf(path);
  switch (exposure.kind) {
    case "absent":
      return null;
    case "private":
      return ok(`${path} is yours alone`);
    case "foreign":
      return fail(`${path} belongs to user ${exposure.owner}, not to you`, `chown ${exposure.me} ${path}`);
    case "readable":
    case "writable": {
      const what = exposure.kind === "readable" ? "read" : "changed";
      return fail(
        `${path} can be ${what} by others (mode ${exposure.mode})`,
        `chmod ${mode.toString(8)} ${path}`,
      );
    }
    default:
      return exposure satisfies never;
  }
}
