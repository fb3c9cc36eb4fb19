/** What Clerk and Resend send, abridged: Standard Webhooks leave the payload to the sender, but for its `type`. */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (type: string, details: (ids: SampleIds, at: string) => object): MakeSample =>
  (ids, nowMs) => {
    const timestamp = new Date(nowMs).toISOString();
    return {
      headers: { "content-type": "application/json", "webhook-id": `msg_${ids.hex("message", 27)}` },
      payload: { type, timestamp, data: details(ids, timestamp) },
    };
  };

export const standardSamples: Readonly<Record<string, MakeSample>> = {
  "user.created": sample("user.created", (ids) => ({
    id: `user_${ids.hex("user", 27)}`,
    first_name: "Mona",
    email_addresses: [{ email_address: "mona@example.com" }],
  })),
  "email.bounced": sample("email.bounced", (ids, at) => ({
    email_id: ids.uuid("email"),
    created_at: at,
    from: "shop@example.com",
    to: ["mona@example.com"],
    subject: "Your order 10482",
    bounce: { type: "Permanent", message: "The mailbox does not exist." },
  })),
};
