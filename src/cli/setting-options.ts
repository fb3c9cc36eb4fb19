/** The settings as command-line options. */
import type { ParseArgsOptionsConfig } from "node:util";
import { readDataDir, type SettingSources } from "../config/read-settings.ts";
import { aboutSetting, docOf, optionOf, SETTING_NAMES, variableOf } from "../config/setting-names.ts";
import type { SettingName } from "../config/settings.ts";
import { type Call, textOf } from "./command.ts";

/** A secret is set by the environment alone. */
const OPTION_NAMES = SETTING_NAMES.filter((name) => !aboutSetting(name).secret);

export function settingOptions(names: readonly SettingName[] = OPTION_NAMES): ParseArgsOptionsConfig {
  return Object.fromEntries(names.map((name) => [optionOf(name), { type: "string" as const }]));
}

export function settingSources(call: Call): SettingSources {
  const options = Object.fromEntries(OPTION_NAMES.map((name) => [name, textOf(call, optionOf(name))]));
  return { options, env: call.env };
}

/** Of commands that ask the running server: the only setting they need. */
export const dataDirOption = settingOptions(["dataDir"]);
export const dataDirHelp =
  "  --data-dir FOLDER  the server's data folder (SIGNALBOX_DATA_DIR, default ~/.signalbox)";
export const dataDirOf = (call: Call): string => readDataDir(settingSources(call));

export function settingHelp(): string {
  return OPTION_NAMES.map((name) => {
    const { default: fallback, placeholder } = aboutSetting(name);
    const names = `  --${optionOf(name)} ${placeholder} (${variableOf(name)}${fallback === null ? "" : `, default ${fallback}`})`;
    return `${names}\n      ${docOf(name)}`;
  }).join("\n");
}
