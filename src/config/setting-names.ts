/** A setting's names: `graceSeconds` is `--grace-seconds` and `SIGNALBOX_GRACE_SECONDS`. */
import { SignalboxError } from "../domain/errors.ts";
import { type AboutSetting, about } from "./setting.ts";
import { type SettingName, Settings } from "./settings.ts";

export const PREFIX = "SIGNALBOX_";

/** The plugin reads these; the server leaves them alone. */
export const PLUGIN_VARIABLES: readonly string[] = ["SIGNALBOX_CONFIG", "SIGNALBOX_SESSION"];

export const SETTING_NAMES: readonly SettingName[] = Settings.keyof().options;

export const variableOf = (name: SettingName): string =>
  PREFIX + name.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();

export const optionOf = (name: SettingName): string =>
  name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

export function aboutSetting(name: SettingName): AboutSetting {
  const found = about.get(Settings.shape[name]);
  if (found === undefined) throw new Error(`setting ${name} is not described`);
  return found;
}

/** What the documentation says of it. */
export const docOf = (name: SettingName): string => aboutSetting(name).doc;

/** "Set it by --x or X", for messages. */
export function waysToSet(name: SettingName): string {
  return aboutSetting(name).secret
    ? `Set it by the environment variable ${variableOf(name)}`
    : `Set it by ${bothNames(name)}`;
}

export const bothNames = (name: SettingName): string => `--${optionOf(name)} or ${variableOf(name)}`;

export function badSetting(name: SettingName, message: string, cure: string): SignalboxError {
  return new SignalboxError("invalid", "bad_setting", `${variableOf(name)}: ${message}`, cure);
}
