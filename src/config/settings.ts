/**
 * Every setting of the server: one schema, from which types, messages and `docs/configuration.md` are made. How it is
 * read (option > environment > default) is in `read-settings.ts`.
 */
import { z } from "zod";
import type { Limits } from "../domain/machines/limits.ts";
import { isTimeZone } from "../domain/schedule.ts";
import { choice, optionalText, text, wholeNumber, yesOrNo } from "./setting.ts";
import { isWebAddress, signInSettings } from "./settings-sign-in.ts";

const DAY = 86_400;
const HOST = /^[A-Za-z0-9.:_-]{1,255}$/;
const HOST_WORDS = "a host name or an IP address";
const seconds = (min: number, max: number, fallback: number, doc: string) =>
  wholeNumber(min, max, { unit: "seconds", default: String(fallback), doc });

/** A key is 32 bytes, written in base64 (or base64url) or hex. */
export const KEY_TEXT = /^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/;

const KEY_WORDS = "32 bytes in base64 or hex, or several of these with commas between them";

export const Settings = z.strictObject({
  dataDir: text(/^[^\0]+$/, "a folder", {
    default: "~/.signalbox",
    placeholder: "FOLDER",
    doc: "Data folder: the database, the keys and what local commands need. Made if missing, for its owner alone.",
  }),
  httpHost: text(HOST, HOST_WORDS, {
    default: "127.0.0.1",
    placeholder: "HOST",
    doc: "Where webhooks are listened for. Loopback alone by default: put a proxy or a tunnel in front.",
  }),
  httpPort: wholeNumber(0, 65_535, {
    default: "4400",
    placeholder: "PORT",
    doc: "Port for webhooks; 0 takes any free one.",
  }),
  grpcHost: text(HOST, HOST_WORDS, {
    default: "127.0.0.1",
    placeholder: "HOST",
    doc: "Where plugins and commands are listened for. Beyond loopback it needs TLS, or SIGNALBOX_ALLOW_PLAINTEXT.",
  }),
  grpcPort: wholeNumber(0, 65_535, {
    default: "4401",
    placeholder: "PORT",
    doc: "Port for plugins and commands; 0 takes any free one.",
  }),
  publicUrl: optionalText(isWebAddress, "an http:// or https:// address", {
    placeholder: "URL",
    doc: "Address under which providers reach the webhooks and people the sign-in; unset: the HTTP listener's own.",
  }),
  store: text(/^(?:sqlite|mongodb(?:\+srv)?:\/\/.*)$/, "sqlite", {
    default: "sqlite",
    placeholder: "sqlite",
    doc: "Where events are kept: `sqlite`, embedded in the data folder. MongoDB is not yet available.",
  }),
  key: optionalText((value) => value.split(",").every((one) => KEY_TEXT.test(one)), KEY_WORDS, {
    placeholder: "KEY",
    doc: "Key for the webhook secrets in the store, instead of the one that is made in `keys.json`. Of several the first encrypts, and all decrypt.",
    secret: true,
  }),
  tlsCert: optionalText((value) => value !== "", "a file", {
    placeholder: "FILE",
    doc: "Certificate in PEM, its chain behind it; with SIGNALBOX_TLS_KEY it turns on TLS, for both listeners.",
  }),
  tlsKey: optionalText((value) => value !== "", "a file", {
    placeholder: "FILE",
    doc: "Key of that certificate in PEM, without a password. Refused if others can read it.",
  }),
  trustProxy: wholeNumber(0, 10, {
    default: "0",
    doc: "How many proxies stand in front of the HTTP listener, each of which adds to `X-Forwarded-For` whom it heard: so many from its end stands who is counted by address. 0: the header is not read.",
  }),
  graceSeconds: seconds(0, DAY, 60, "How long a session's link may stay broken before its event goes back."),
  remindSeconds: seconds(1, DAY, 120, "Silence of a session with an event in hand, until it is reminded."),
  timeoutSeconds: seconds(
    1,
    DAY,
    300,
    "Silence of a session with an event in hand, until the event goes back.",
  ),
  blindTimeoutSeconds: seconds(1, DAY, 1800, "The same where there are no hooks, which give signs of life."),
  maxHoldSeconds: seconds(
    1,
    7 * DAY,
    3600,
    "The longest that an event may be held, whatever the signs of life.",
  ),
  maxAttempts: wholeNumber(1, 1000, {
    default: "5",
    doc: "Deliveries that ended by timeout, failure or retry, until an event is dead.",
  }),
  surfaceSeconds: seconds(
    1,
    3600,
    10,
    "Until an idle session must have shown an event; beyond it, it is deaf.",
  ),
  takeSeconds: seconds(
    1,
    3600,
    120,
    "Until a woken session must have read an event; beyond it, the event goes back.",
  ),
  drainSeconds: seconds(0, 3600, 10, "How long a server that was told to stop may take to leave."),
  allowPlaintext: yesOrNo({
    default: "false",
    doc: "Lets plugins of other machines connect without TLS: tokens and payloads can be read on the way.",
  }),
  maxBodyBytes: wholeNumber(1, 100 * 1_048_576, {
    unit: "bytes",
    default: "1048576",
    doc: "Largest body of a webhook; what is larger is answered 413 without being read to its end.",
  }),
  dedupDays: wholeNumber(7, 3650, {
    unit: "days",
    default: "7",
    doc: "How long a delivery id is known at least, also where events are kept for a shorter time.",
  }),
  retentionDays: wholeNumber(1, 3650, {
    unit: "days",
    default: "30",
    doc: "How long what has ended is kept: events that were handled or dropped, dead letters, sessions that are gone.",
  }),
  failedTokensPerMinute: wholeNumber(1, 1_000_000, {
    default: "60",
    doc: "Connection tokens that are not accepted, by address; beyond it no new one of that address is looked up for a while.",
  }),
  callsPerMinute: wholeNumber(60, 1_000_000, {
    default: "6000",
    doc: "Calls of tools and commands, by account; what is beyond it is told when to ask again.",
  }),
  ...signInSettings,
  timeZone: optionalText(isTimeZone, "a name such as Europe/Berlin or UTC", {
    placeholder: "ZONE",
    doc: "Time zone of crons that name none, fixed when they are made; unset: the machine's.",
  }),
  logLevel: choice(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
    default: "info",
    doc: "The least that is logged. Never a payload, never a secret.",
  }),
});
export type Settings = z.infer<typeof Settings>;
export type SettingName = keyof Settings;

/** A tool call under way counts as life for so long. */
const TOOL_MS = 15 * 60_000;
/** When an event that was acked with `retry` comes back, if no time was named. */
const RETRY_MS = 60_000;

/** How long what has ended is kept. */
export const keepingOf = ({ retentionDays, dedupDays }: Settings) => ({
  retentionMs: retentionDays * DAY * 1000,
  dedupMs: dedupDays * DAY * 1000,
});

/** The spans of an event's life, from the settings. */
export function limitsOf(settings: Settings): Limits {
  return {
    surfaceMs: settings.surfaceSeconds * 1000,
    takeMs: settings.takeSeconds * 1000,
    remindMs: settings.remindSeconds * 1000,
    timeoutMs: settings.timeoutSeconds * 1000,
    blindTimeoutMs: settings.blindTimeoutSeconds * 1000,
    toolMs: TOOL_MS,
    holdMs: settings.maxHoldSeconds * 1000,
    graceMs: settings.graceSeconds * 1000,
    retryMs: RETRY_MS,
    maxAttempts: settings.maxAttempts,
  };
}
