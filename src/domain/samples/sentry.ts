/** Sentry's webhooks, abridged (https://docs.sentry.io/organization/integrations/integration-platform/webhooks/). */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (resource: string, action: string, data: (ids: SampleIds, at: string) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: {
      "content-type": "application/json",
      "request-id": ids.hex("request", 32),
      "sentry-hook-resource": resource,
      "sentry-hook-timestamp": String(Math.floor(nowMs / 1000)),
    },
    payload: {
      action,
      installation: { uuid: ids.uuid("installation") },
      actor: { type: "application", id: "sentry", name: "Sentry" },
      data: data(ids, new Date(nowMs).toISOString()),
    },
  });

const title = "TypeError: Cannot read properties of undefined (reading 'items')";

export const sentrySamples: Readonly<Record<string, MakeSample>> = {
  "issue.created": sample("issue", "created", (ids, at) => ({
    issue: {
      id: String(ids.number("issue", 10)),
      shortId: "STOREFRONT-3K",
      title,
      culprit: "basket/page.ts in total",
      level: "error",
      status: "unresolved",
      count: "1",
      firstSeen: at,
      project: { slug: "storefront", platform: "javascript" },
    },
  })),
  "event_alert.triggered": sample("event_alert", "triggered", (ids, at) => ({
    event: {
      event_id: ids.hex("event", 32),
      title,
      datetime: at,
      culprit: "basket/page.ts in total",
      tags: [["release", "2.7.0"]],
    },
    triggered_rule: "More than 10 errors in 5 minutes",
  })),
};
