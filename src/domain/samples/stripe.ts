/** Stripe's webhooks, abridged (https://docs.stripe.com/api/events/types). */
import type { MakeSample, SampleIds } from "./sample.ts";

type Details = (ids: SampleIds, atSeconds: number) => object;

const sample =
  (type: string, object: Details): MakeSample =>
  (ids, nowMs) => {
    const created = Math.floor(nowMs / 1000);
    return {
      headers: {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      },
      payload: {
        id: `evt_1${ids.hex("event", 23)}`,
        object: "event",
        api_version: "2025-08-27.basil",
        created,
        data: { object: object(ids, created) },
        livemode: false,
        pending_webhooks: 1,
        request: { id: `req_${ids.hex("request", 14)}`, idempotency_key: ids.uuid("idempotency") },
        type,
      },
    };
  };

const customer = (ids: SampleIds) => `cus_${ids.hex("customer", 14)}`;

const paymentIntent: Details = (ids, created) => ({
  id: `pi_3${ids.hex("intent", 23)}`,
  object: "payment_intent",
  amount: 4_900,
  amount_received: 4_900,
  currency: "eur",
  customer: customer(ids),
  description: "Order 10482",
  latest_charge: `ch_3${ids.hex("charge", 23)}`,
  metadata: { order_id: "10482" },
  status: "succeeded",
  created,
});

const declined = {
  code: "card_declined",
  decline_code: "insufficient_funds",
  message: "Your card has insufficient funds.",
};

const failedIntent: Details = (ids, created) => ({
  ...paymentIntent(ids, created),
  amount_received: 0,
  status: "requires_payment_method",
  last_payment_error: { type: "card_error", ...declined },
});

const failedCharge: Details = (ids, created) => ({
  id: `ch_3${ids.hex("charge", 23)}`,
  object: "charge",
  amount: 4_900,
  currency: "eur",
  customer: customer(ids),
  failure_code: declined.code,
  failure_message: declined.message,
  outcome: { network_status: "declined_by_network", reason: declined.decline_code, risk_level: "normal" },
  paid: false,
  status: "failed",
  created,
});

const failedInvoice: Details = (ids, created) => ({
  id: `in_1${ids.hex("invoice", 23)}`,
  object: "invoice",
  number: `9F2C-${ids.number("invoice number", 4)}`,
  customer: customer(ids),
  customer_email: "accounts@example.com",
  amount_due: 12_900,
  amount_paid: 0,
  attempt_count: 2,
  attempted: true,
  next_payment_attempt: created + 3 * 86_400,
  currency: "eur",
  hosted_invoice_url: `https://invoice.stripe.com/i/acct_test/${ids.hex("hosted", 16)}`,
  status: "open",
  created,
});

const subscription =
  (status: "active" | "canceled"): Details =>
  (ids, created) => ({
    id: `sub_1${ids.hex("subscription", 23)}`,
    object: "subscription",
    customer: customer(ids),
    status,
    ...(status === "canceled"
      ? {
          canceled_at: created,
          ended_at: created,
          cancellation_details: {
            reason: "cancellation_requested",
            feedback: "too_expensive",
            comment: null,
          },
        }
      : {}),
    items: {
      object: "list",
      data: [{ price: { id: "price_team_monthly", unit_amount: 12_900, currency: "eur" }, quantity: 1 }],
    },
    created,
  });

const checkout: Details = (ids, created) => ({
  id: `cs_test_${ids.hex("session", 40)}`,
  object: "checkout.session",
  mode: "payment",
  amount_total: 4_900,
  currency: "eur",
  customer: customer(ids),
  customer_details: { email: "mona@example.com", name: "Mona" },
  payment_intent: `pi_3${ids.hex("intent", 23)}`,
  payment_status: "paid",
  status: "complete",
  metadata: { order_id: "10482" },
  created,
});

const dispute: Details = (ids, created) => ({
  id: `du_1${ids.hex("dispute", 23)}`,
  object: "dispute",
  amount: 4_900,
  currency: "eur",
  charge: `ch_3${ids.hex("charge", 23)}`,
  evidence_details: { due_by: created + 9 * 86_400, has_evidence: false },
  reason: "product_not_received",
  status: "needs_response",
  created,
});

export const stripeSamples: Readonly<Record<string, MakeSample>> = Object.fromEntries(
  Object.entries({
    "payment_intent.succeeded": paymentIntent,
    "payment_intent.payment_failed": failedIntent,
    "charge.failed": failedCharge,
    "charge.dispute.created": dispute,
    "invoice.payment_failed": failedInvoice,
    "customer.subscription.created": subscription("active"),
    "customer.subscription.deleted": subscription("canceled"),
    "checkout.session.completed": checkout,
  }).map(([type, object]) => [type, sample(type, object)]),
);
