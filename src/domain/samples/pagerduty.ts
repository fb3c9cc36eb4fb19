/** PagerDuty's webhooks of version 3, abridged (https://docs.pagerduty.com/developer/webhooks-overview). */
import type { MakeSample } from "./sample.ts";

const sample =
  (type: string, status: string): MakeSample =>
  (ids, nowMs) => {
    const at = new Date(nowMs).toISOString();
    const id = `Q${ids.hex("incident", 13).toUpperCase()}`;
    return {
      headers: {
        "content-type": "application/json",
        "user-agent": "PagerDuty-Webhook/V3.0",
        "x-webhook-id": ids.uuid("webhook"),
      },
      payload: {
        event: {
          id: `0${ids.hex("event", 25).toUpperCase()}`,
          event_type: type,
          resource_type: "incident",
          occurred_at: at,
          data: {
            id,
            type: "incident",
            number: ids.number("number", 4),
            status,
            title: "5xx of storefront above 5 % for 10 minutes",
            urgency: "high",
            service: { id: "PF9KMXH", summary: "storefront" },
            html_url: `https://acme.pagerduty.com/incidents/${id}`,
          },
        },
      },
    };
  };

export const pagerdutySamples: Readonly<Record<string, MakeSample>> = {
  "incident.triggered": sample("incident.triggered", "triggered"),
  "incident.resolved": sample("incident.resolved", "resolved"),
};
