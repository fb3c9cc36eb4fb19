/**
 * Bitbucket Cloud: `X-Hub-Signature: sha256=…` over the raw body
 * (https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks).
 */
import { header } from "../payload.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "Bitbucket";

export const bitbucket: Scheme = {
  name: "bitbucket",
  provider,
  secret: chosenByOwner(),
  steps: (url) => [
    `At Bitbucket: Repository settings, Webhooks, Add webhook; URL ${url}, and the secret.`,
    "Choose the triggers that you want.",
  ],
  needsJson: false,
  ...signedHeader({ provider, header: "X-Hub-Signature", prefix: "sha256=" }),
  eventType: ({ headers }) => header(headers, "x-event-key"),
  deliveryId: ({ headers }) => header(headers, "x-request-uuid"),
};
