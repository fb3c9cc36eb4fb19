/** Shopify's webhooks, abridged (https://shopify.dev/docs/api/webhooks). */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (topic: string, details: (ids: SampleIds, at: string) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": topic,
      "x-shopify-shop-domain": "acme.myshopify.com",
      "x-shopify-api-version": "2026-07",
      "x-shopify-webhook-id": ids.uuid("webhook"),
      "x-shopify-event-id": ids.uuid("event"),
    },
    payload: details(ids, new Date(nowMs).toISOString()),
  });

export const shopifySamples: Readonly<Record<string, MakeSample>> = {
  "orders/create": sample("orders/create", (ids, at) => ({
    id: ids.number("order", 13),
    name: "#10482",
    created_at: at,
    currency: "EUR",
    total_price: "49.00",
    financial_status: "paid",
    fulfillment_status: null,
    customer: { id: ids.number("customer", 13), email: "mona@example.com", first_name: "Mona" },
    line_items: [{ title: "Ceramic mug", quantity: 2, price: "24.50", sku: "MUG-01" }],
  })),
  "products/update": sample("products/update", (ids, at) => ({
    id: ids.number("product", 13),
    title: "Ceramic mug",
    status: "active",
    updated_at: at,
    variants: [{ sku: "MUG-01", price: "24.50", inventory_quantity: 3 }],
  })),
};
