/** Node's error codes of files, as errors that say what to do. */
import { reasonOf, SignalboxError } from "../domain/errors.ts";

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

const CURES: { readonly [code: string]: string } = {
  EACCES: "Give your user the right to it, or choose another place",
  EPERM: "Give your user the right to it, or choose another place",
  EROFS: "The disk is read-only: choose another place",
  ENOSPC: "The disk is full: make room",
  EDQUOT: "Your quota is used up: make room",
  ENOTDIR: "A part of its path is a file: choose another place",
  EEXIST: "A file stands where a folder should be: choose another place",
  EISDIR: "A folder stands where a file should be: move it away",
  ENOENT: "Its folder is missing: make it",
};

export function fileTrouble(act: string, path: string, error: unknown): SignalboxError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const cure = CURES[code] ?? `The system said: ${reasonOf(error)}`;
  return new SignalboxError(
    "unavailable",
    "file_trouble",
    `can't ${act} ${path} (${code || "error"})`,
    cure,
    error,
  );
}
