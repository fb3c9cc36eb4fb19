/** How the server of a data folder is started, for cures: plain `npm start` would make another folder than the one that is meant. */
import { readDataDir } from "../config/read-settings.ts";
import { shellLine } from "./shell-line.ts";

export function startHint(dataDir: string): string {
  return dataDir === defaultFolder()
    ? "`npm start`"
    : `\`${shellLine(["npm", "start", "--", "--data-dir", dataDir])}\``;
}

/** Null: a user without a home has none. */
function defaultFolder(): string | null {
  try {
    return readDataDir({ options: {}, env: {} });
  } catch {
    return null;
  }
}
