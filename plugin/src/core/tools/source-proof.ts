/** How a source's requests are proved: its arguments, and how that is told. */
import * as z from "zod";
import type { CreateSourceRequest, Source } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { plain } from "./names.ts";

/** The server's schemes. A newer server may know more, and says so. */
export const TYPES =
  "github, stripe, generic, none, standard, slack, shopify, gitlab, linear, sentry, pagerduty, bitbucket, discord, telegram, zoom, twilio, bearer, basic";

const header = (words: string) => z.string().min(1).max(100).optional().describe(words);

export const TYPE_WORDS = `How requests are verified: ${TYPES}. standard: Standard Webhooks (Svix, Clerk, Resend, OpenAI …); generic: any sender that can sign`;

export const sourceProof = {
  secret: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      "The webhook secret (basic: name:password; discord: the public key); made if the owner chooses it and none is given. Of up to 5 any is taken",
    ),
};

export const sourceHeaders = {
  signature_header: header("type generic: header of the signature; default: X-Signature and its like"),
  delivery_header: header(
    "types generic, none, bearer, basic: header of the delivery's id; default: X-Delivery-Id, Idempotency-Key",
  ),
};

interface Proof {
  signature_header?: string | undefined;
  delivery_header?: string | undefined;
}

export const proofOf = ({ signature_header: signatureHeader, delivery_header: deliveryHeader }: Proof) =>
  ({
    signatureHeader: signatureHeader ?? "",
    deliveryHeader: deliveryHeader ?? "",
  }) satisfies Partial<CreateSourceRequest>;

export function proofLines(source: Source): string[] {
  const { scheme, signatureHeader, deliveryHeader } = source;
  const headers = [
    ...(signatureHeader === "" ? [] : [`, signature in ${plain(signatureHeader)}`]),
    ...(deliveryHeader === "" ? [] : [`, delivery id in ${plain(deliveryHeader)}`]),
  ];
  return [
    `  Verification: ${scheme}${scheme === "none" ? "" : `, ${secretsText(source)}`}${headers.join("")}`,
  ];
}

function secretsText({ secrets, unreadableSecrets: lost }: Source): string {
  const all = `${secrets} ${secrets === 1 ? "secret" : "secrets"}`;
  return lost === 0
    ? all
    : `${all}, of which the server can't open ${lost} (its key is gone): make the source again with the same slug, and it gets a new one`;
}
