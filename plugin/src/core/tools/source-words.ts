/** How tools tell of a source. */
import type { EventTypeRule, Source } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { laneName } from "./account-info.ts";
import { plain, quoted } from "./names.ts";
import { timingLines } from "./source-timing.ts";

export function sourceLines(source: Source): string[] {
  const { id, slug, scheme, eventType, routes, skill, lane, priority, url, dropped } = source;
  const deadlines = deadlineWords(source);
  return [
    `${slug} (${id})`,
    `  URL: ${url}`,
    `  Verification: ${scheme}${scheme === "none" ? "" : `, ${secretsText(source)}`}`,
    `  Event type: ${ruleText(eventType)}`,
    `  Routes: ${routesText(routes, skill)}`,
    `  Session: ${laneName(lane)}. Priority: ${priority || "normal"}.`,
    ...(deadlines === "" ? [] : [`  When a session is silent: ${deadlines}`]),
    ...timingLines(source),
    ...(source.fanout === "" ? [] : ["  Fan-out: each connected session gets a copy of its own"]),
    ...(dropped > 0n ? [`  Dropped, because no route wanted them: ${dropped}`] : []),
  ];
}

function deadlineWords({ remindSeconds: remind, timeoutSeconds: timeout }: Source): string {
  return [
    ...(remind === 0 ? [] : [`reminded after ${remind} seconds`]),
    ...(timeout === 0 ? [] : [`the event goes back after ${timeout} seconds`]),
  ].join(", ");
}

function secretsText({ secrets, unreadableSecrets: lost }: Source): string {
  const all = `${secrets} ${secrets === 1 ? "secret" : "secrets"}`;
  return lost === 0
    ? all
    : `${all}, of which the server can't open ${lost} (its key is gone): make the source again with the same slug, and it gets a new one`;
}

function ruleText(rule: EventTypeRule | undefined): string {
  const parts = [
    rule?.header ? `header ${plain(rule.header)}` : "",
    rule?.body ? `body ${plain(rule.body)}` : "",
    rule?.action ? `then the action at ${plain(rule.action)}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "no rule" : parts.join(", ");
}

function routesText(routes: Record<string, string>, skill: string): string {
  const listed = Object.entries(routes).map(([pattern, prompt]) => `${plain(pattern)} → ${quoted(prompt)}`);
  if (listed.length > 0) return listed.join("; ");
  return skill === "" ? "none; every event comes as it is" : `none; every event comes with ${quoted(skill)}`;
}
