/**
 * Reads the settings: option > environment > default, or a `SignalboxError` that names the setting, its value, what it
 * takes and both ways to set it. What is set but can't be honoured is refused, not ignored.
 */
import { join, resolve } from "node:path";
import { isLoopback } from "../domain/reach.ts";
import { homeOf } from "./home.ts";
import {
  aboutSetting,
  badSetting,
  bothNames,
  optionOf,
  PLUGIN_VARIABLES,
  PREFIX,
  SETTING_NAMES,
  variableOf,
  waysToSet,
} from "./setting-names.ts";
import { type SettingName, Settings } from "./settings.ts";

/** Of a value that is wrong. */
const LONGEST_SHOWN = 100;

export interface SettingSources {
  /** By setting name, as given on the command line. */
  options: { readonly [name in SettingName]?: string | undefined };
  env: { readonly [name: string]: string | undefined };
}

export interface ReadSettings {
  settings: Settings;
  /** Lines for people. */
  warnings: string[];
}

export function readSettings(from: SettingSources): ReadSettings {
  for (const name of SETTING_NAMES) readSetting(name, from);
  const texts = Object.fromEntries(SETTING_NAMES.map((name) => [name, given(name, from)?.text]));
  const settings = Settings.parse(texts);
  settings.dataDir = folder(settings.dataDir, from.env);
  for (const name of ["tlsCert", "tlsKey"] as const) {
    const path = settings[name];
    if (path !== null) settings[name] = folder(path, from.env);
  }
  for (const name of ["publicUrl", "grpcPublicUrl"] as const) {
    settings[name] = settings[name]?.replace(/\/+$/, "") ?? null;
  }
  refuseUnavailable(settings);
  refuseContradictions(settings);
  return { settings, warnings: unknownVariables(from.env) };
}

/** The data folder alone, absolute: all that commands need which ask the running server. */
export function readDataDir(from: SettingSources): string {
  return folder(readSetting("dataDir", from), from.env);
}

function readSetting<Name extends SettingName>(name: Name, from: SettingSources): Settings[Name] {
  const value = given(name, from);
  const result = Settings.shape[name].safeParse(value?.text);
  // The parsed shape of one name is that name's setting; TypeScript sees only the union of all.
  if (result.success) return result.data as Settings[Name];
  const { accepts, secret } = aboutSetting(name);
  const shown = secret ? "what it is set to" : `"${value?.text.slice(0, LONGEST_SHOWN) ?? ""}"`;
  throw badSetting(
    name,
    `${shown} (from ${value?.from ?? "its default"}) must be ${accepts}`,
    waysToSet(name),
  );
}

function given(name: SettingName, { options, env }: SettingSources): { text: string; from: string } | null {
  const option = options[name];
  if (option !== undefined) return { text: option, from: `--${optionOf(name)}` };
  const variable = env[variableOf(name)];
  // An empty variable is how a compose file or a shell unsets one.
  if (variable !== undefined && variable !== "") return { text: variable, from: "the environment" };
  return null;
}

function folder(path: string, env: SettingSources["env"]): string {
  return path === "~" || path.startsWith("~/") ? join(homeOf(env), path.slice(1)) : resolve(path);
}

function refuseUnavailable(settings: Settings): void {
  if (settings.store !== "sqlite") {
    // The address may hold a password: it is not shown.
    throw badSetting("store", "MongoDB is not yet available; only sqlite is", waysToSet("store"));
  }
}

function refuseContradictions(settings: Settings): void {
  const { tlsCert, tlsKey } = settings;
  if ((tlsCert === null) !== (tlsKey === null)) {
    const [given, missing] =
      tlsCert === null ? (["tlsKey", "tlsCert"] as const) : (["tlsCert", "tlsKey"] as const);
    throw badSetting(given, `TLS needs ${variableOf(missing)} too`, `${waysToSet(missing)}, or unset both`);
  }
  if (!isLoopback(settings.grpcHost) && !settings.allowPlaintext && tlsCert === null) {
    throw badSetting(
      "grpcHost",
      `"${settings.grpcHost}" is not loopback, and without TLS tokens could be read on the way`,
      `Set ${variableOf("tlsCert")} and ${variableOf("tlsKey")}, use 127.0.0.1, or accept it by --${optionOf("allowPlaintext")} true or ${variableOf("allowPlaintext")}=true`,
    );
  }
  const { httpHost, httpPort, grpcHost, grpcPort } = settings;
  if (httpPort === grpcPort && httpPort !== 0 && overlap(httpHost, grpcHost)) {
    throw badSetting(
      "grpcPort",
      `${grpcPort} is ${variableOf("httpPort")} too, and each listener needs a port of its own`,
      `Set one of them to another: ${bothNames("httpPort")}, ${bothNames("grpcPort")}`,
    );
  }
  refuseHalfAnApp(settings);
  const ascending: [SettingName, SettingName][] = [
    ["remindSeconds", "timeoutSeconds"],
    ["remindSeconds", "blindTimeoutSeconds"],
    ["timeoutSeconds", "maxHoldSeconds"],
    ["blindTimeoutSeconds", "maxHoldSeconds"],
  ];
  for (const [less, more] of ascending) {
    if (Number(settings[less]) <= Number(settings[more])) continue;
    const limit = `${variableOf(more)}, which is ${settings[more]}`;
    throw badSetting(
      less,
      `${settings[less]} is more than ${limit}`,
      `${waysToSet(less)}, or raise the other`,
    );
  }
}

/** Of GitHub's OAuth app everything, or nothing; and nobody gets in because somebody forgot to say who may. */
function refuseHalfAnApp(settings: Settings): void {
  const { githubClientId, githubClientSecret, githubUsers, githubOrgs, publicUrl, allowPlaintext } = settings;
  const needs = (given: SettingName, missing: SettingName, why: string) => {
    throw badSetting(
      given,
      `${why}: it needs ${variableOf(missing)} too`,
      `${waysToSet(missing)}, or unset both`,
    );
  };
  if (githubClientId === null) {
    if (githubClientSecret !== null) needs("githubClientSecret", "githubClientId", "it is of an OAuth app");
    if (githubUsers !== null) needs("githubUsers", "githubClientId", "people sign in by an OAuth app");
    if (githubOrgs !== null) needs("githubOrgs", "githubClientId", "people sign in by an OAuth app");
    return;
  }
  if (githubClientSecret === null) needs("githubClientId", "githubClientSecret", "an OAuth app has a secret");
  if (publicUrl === null) needs("githubClientId", "publicUrl", "GitHub sends people back to this server");
  if (githubUsers === null && githubOrgs === null)
    needs("githubClientId", "githubUsers", "somebody must be let in");
  for (const name of ["publicUrl", "githubUrl", "githubApiUrl", "grpcPublicUrl"] as const) {
    const url = URL.parse(settings[name] ?? "");
    if (allowPlaintext || url?.protocol !== "http:" || isLoopback(url.hostname.replace(/^\[|\]$/g, "")))
      continue;
    throw badSetting(
      name,
      `"${settings[name]}" is plain http to another machine, where whoever signs in could be robbed of his token on the way`,
      `Give an https:// address, or accept it by ${bothNames("allowPlaintext")}`,
    );
  }
}

/** Whether they stand for an address in common, as far as their texts tell. */
function overlap(host: string, other: string): boolean {
  const [one, two] = [host, other].map((name) => (name === "localhost" ? "127.0.0.1" : name));
  return one === two || [one, two].some((name) => name === "0.0.0.0" || name === "::");
}

function unknownVariables(env: SettingSources["env"]): string[] {
  const known = new Set([...SETTING_NAMES.map(variableOf), ...PLUGIN_VARIABLES]);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name))
    .map(
      (name) => `${name} is not a setting of Signalbox and has no effect; docs/configuration.md lists them.`,
    );
}
