import { join } from "node:path";
import { startHint } from "../start-hint.ts";
import { type Finding, fail } from "./finding.ts";
import { checkPrivate } from "./privacy.ts";

export async function checkDataFolder(dataDir: string): Promise<Finding[]> {
  const folder = await checkPrivate(dataDir, 0o700);
  if (folder === null) {
    return [
      fail(
        `the data folder ${dataDir} is not there`,
        `Start the server with ${startHint(dataDir)}: it makes it`,
      ),
    ];
  }
  const files = ["signalbox.db", "keys.json", "admin.json", "trigger.json"];
  const found = await Promise.all(files.map((name) => checkPrivate(join(dataDir, name), 0o600)));
  return [folder, ...found.filter((finding) => finding !== null).filter(({ kind }) => kind !== "ok")];
}
