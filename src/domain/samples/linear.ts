/** Linear's webhooks, abridged (https://linear.app/developers/webhooks#the-webhook-payload). */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (type: string, details: (ids: SampleIds) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Linear-Webhook",
      "linear-event": type,
      "linear-delivery": ids.uuid("delivery"),
    },
    payload: {
      action: "create",
      type,
      createdAt: new Date(nowMs).toISOString(),
      actor: { id: ids.uuid("actor"), type: "user", name: "Mona" },
      data: { id: ids.uuid(type), ...details(ids) },
      organizationId: ids.uuid("organization"),
      webhookTimestamp: nowMs,
      webhookId: ids.uuid("webhook"),
    },
  });

export const linearSamples: Readonly<Record<string, MakeSample>> = {
  "Issue.create": sample("Issue", () => ({
    identifier: "SHOP-214",
    title: "Checkout hangs when the basket is empty",
    description: "1. Open /checkout with nothing in the basket\n2. The page spins forever",
    priority: 2,
    state: { name: "Todo", type: "unstarted" },
    team: { key: "SHOP", name: "Storefront" },
  })),
  "Comment.create": sample("Comment", (ids) => ({
    body: "It also hangs when the last item is removed on the page itself.",
    issue: {
      id: ids.uuid("issue"),
      identifier: "SHOP-214",
      title: "Checkout hangs when the basket is empty",
    },
  })),
};
