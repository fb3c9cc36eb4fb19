/** Folders and files of one whole installation: server, plugin, client; removed at the end. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PLUGIN_DIR = join(import.meta.dirname, "../../plugin");

export interface Workplace {
  dataDir: string;
  /** `CLAUDE_CONFIG_DIR`. */
  claudeDir: string;
  projectDir: string;
  /** Writes the plugin's configuration, as `npm run connect` does. */
  configure(config: Record<string, unknown>): void;
  remove(): void;
}

export function workplace(under = tmpdir()): Workplace {
  const root = mkdtempSync(join(under, "signalbox-"));
  const [dataDir, claudeDir, projectDir] = [join(root, "data"), join(root, "claude"), join(root, "shop")];
  const configDir = join(claudeDir, "channels/signalbox");
  for (const folder of [dataDir, configDir, projectDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    dataDir,
    claudeDir,
    projectDir,
    configure: (config) =>
      writeFileSync(join(configDir, "config.json"), JSON.stringify(config), { mode: 0o600 }),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
