/** Whether others than its owner can read or write a file. Windows has no such owners and modes: all is private there. */
import { stat } from "node:fs/promises";
import { SignalboxError } from "../domain/errors.ts";
import { fileTrouble, hasCode } from "./file-trouble.ts";

export type Exposure =
  | { kind: "absent" }
  | { kind: "private" }
  /** `mode` in octal, as chmod writes it; `open`: anybody can read it, or its group change it. */
  | { kind: "foreign"; owner: number; me: number; mode: string; open: boolean }
  | { kind: "readable" | "writable"; mode: string };

export async function exposureOf(path: string): Promise<Exposure> {
  const found = await stat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw fileTrouble("look at", path, error);
  });
  if (found === null) return { kind: "absent" };
  const me = process.getuid?.();
  if (me === undefined) return { kind: "private" };
  const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
  if (found.uid !== me) {
    return { kind: "foreign", owner: found.uid, me, mode, open: (found.mode & 0o027) !== 0 };
  }
  if ((found.mode & 0o022) !== 0) return { kind: "writable", mode };
  return (found.mode & 0o077) === 0 ? { kind: "private" } : { kind: "readable", mode };
}

/** Throws for a file that others can read or write, with the cure. One that is not there, or another's, passes. */
export async function refuseExposed(path: string, allowed: "nothing" | "reading" = "nothing"): Promise<void> {
  const exposure = await exposureOf(path);
  if (exposure.kind !== "readable" && exposure.kind !== "writable") return;
  if (exposure.kind === "readable" && allowed === "reading") return;
  throw new SignalboxError(
    "invalid",
    "exposed_file",
    `${path} can be ${exposure.kind === "writable" ? "changed" : "read"} by others (mode ${exposure.mode})`,
    `Run: chmod 600 ${path}`,
  );
}
