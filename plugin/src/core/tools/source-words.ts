/** How tools tell of a source. */
import type {
  CreateSourceResponse,
  EventTypeRule,
  RouteRule,
  Source,
} from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { laneName } from "./account-info.ts";
import { causeLines } from "./cause-words.ts";
import { plain, quoted, word } from "./names.ts";
import { proofLines } from "./source-proof.ts";
import { timingLines } from "./source-timing.ts";

/** Of each prompt at least so much is told, and of each source's routes. */
const LEAST_PROMPT = 200;
const LEAST_ROUTES = 400;

/** What the routes and skills of one answer may take together. */
const MOST_ROUTES = 20_000;

/** How much of its routes is told of each source, where there are so many. */
export const routesShare = (sources: number): number =>
  Math.max(LEAST_ROUTES, Math.floor(MOST_ROUTES / Math.max(1, sources)));

/** After a change; a secret that the server has made is told this once. */
export function changedText(
  lead: string,
  { source, secret, nextStep }: Pick<CreateSourceResponse, "source" | "secret" | "nextStep">,
): string {
  return [
    lead,
    ...(source === undefined ? [] : sourceLines(source)),
    ...(secret === "" ? [] : [`Secret, shown only now: ${secret}`]),
    ...(nextStep === "" ? [] : [`Next: ${nextStep}`]),
  ].join("\n");
}

/** `most`: characters of its routes or its skill. */
export function sourceLines(source: Source, most = MOST_ROUTES): string[] {
  const { id, slug, eventType, lane, priority, url } = source;
  const deadlines = deadlineWords(source);
  return [
    `${slug} (${id})`,
    `  URL: ${url}`,
    ...proofLines(source),
    `  Event type: ${ruleText(eventType)}`,
    `  Routes: ${routesText(source, most)}`,
    `  Session: ${laneName(lane)}. Priority: ${priority || "normal"}.`,
    ...(deadlines === "" ? [] : [`  When a session is silent: ${deadlines}`]),
    ...timingLines(source),
    ...(source.fanout === "" ? [] : ["  Fan-out: each connected session gets a copy of its own"]),
    ...(source.trust === "instructions"
      ? ["  Trust: instructions; what its payloads ask for may be done, as if its owner had asked"]
      : []),
    ...silenceLines(source),
    ...droppedLines(source),
    ...omittedLines(source),
    ...causeLines(source.cause),
  ];
}

function deadlineWords({ remindSeconds: remind, timeoutSeconds: timeout }: Source): string {
  return [
    ...(remind === 0 ? [] : [`reminded after ${remind} seconds`]),
    ...(timeout === 0 ? [] : [`the event goes back after ${timeout} seconds`]),
  ].join(", ");
}

function ruleText(rule: EventTypeRule | undefined): string {
  const parts = [
    rule?.header ? `header ${plain(rule.header)}` : "",
    rule?.body ? `body ${plain(rule.body)}` : "",
    rule?.action ? `then the action at ${plain(rule.action)}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "no rule" : parts.join(", ");
}

function routesText({ routes, routeRules, skill }: Source, most: number): string {
  const patterns = Object.keys(routes);
  if (patterns.length === 0) {
    return skill === ""
      ? "none; every event comes as it is"
      : `none; every event comes with ${quoted(skill, most)}`;
  }
  const share = Math.max(LEAST_PROMPT, Math.floor(most / patterns.length));
  const told: string[] = [];
  for (let left = most; told.length < patterns.length && left > 0; left -= told.at(-1)?.length ?? 0) {
    told.push(routeText(patterns[told.length] ?? "", { routes, routeRules }, share));
  }
  const rest = patterns.length - told.length;
  return `${told.join("; ")}${rest === 0 ? "" : `; … and ${rest} more`}`;
}

function routeText(
  pattern: string,
  { routes, routeRules }: Pick<Source, "routes" | "routeRules">,
  most: number,
): string {
  const prompt = routes[pattern] ?? "";
  const words = prompt === "" ? "as it comes" : quoted(prompt, most);
  const rule = Object.hasOwn(routeRules, pattern) ? routeRules[pattern] : undefined;
  return `${plain(pattern)} → ${words}${rule === undefined ? "" : ruleWords(rule)}`;
}

function ruleWords({ priority, tag, fields }: RouteRule): string {
  const said = [
    ...(priority === "" ? [] : [`priority ${priority}`]),
    ...(tag === undefined ? [] : [`session ${laneName(tag)}`]),
    ...(fields.length === 0 ? [] : [`only ${fields.map(plain).join(" ")}`]),
  ];
  return said.length === 0 ? "" : ` (${said.join(", ")})`;
}

function silenceLines({ heardAtMs, refused, refusedCode }: Source): string[] {
  if (refused > 0) return [`  Refused of late: ${refused}, the last because of ${word(refusedCode)}`];
  return heardAtMs === 0n ? ["  Its provider has never been heard of"] : [];
}

/** So that a route that is missing is found. */
function droppedLines({ dropped, droppedTypes }: Source): string[] {
  if (dropped === 0n) return [];
  const types = droppedTypes.map(({ type, count }) => `${plain(type)} ${count}`).join(", ");
  const latest = types === "" ? "" : ` (the latest by type: ${types}; source_update gives them a route)`;
  return [`  Dropped, because no route wanted them: ${dropped}${latest}`];
}

function omittedLines({ omittedBytes }: Source): string[] {
  if (omittedBytes === 0n) return [];
  return [`  Left out by the fields of its routes: ${tokensWords(omittedBytes)}`];
}

/** Of English text and JSON a token has about four bytes. */
const BYTES_PER_TOKEN = 4n;

export const tokensWords = (bytes: bigint): string =>
  `about ${bytes / BYTES_PER_TOKEN} tokens, estimated at ${BYTES_PER_TOKEN} bytes each`;
