/** The user's home folder. */
import { homedir, userInfo } from "node:os";
import { SignalboxError } from "../domain/errors.ts";

/** An empty HOME counts as unset, though Node itself takes it for a folder. */
export function homeOf(env: { readonly [name: string]: string | undefined }): string {
  const home = env.HOME || homedir() || homeOfUser();
  if (home !== "") return home;
  throw new SignalboxError(
    "invalid",
    "no_home",
    "your user has no home folder",
    "Set HOME, or the data folder by --data-dir or SIGNALBOX_DATA_DIR",
  );
}

function homeOfUser(): string {
  try {
    return userInfo().homedir;
  } catch {
    // A user without an entry, as in some containers.
    return "";
  }
}
