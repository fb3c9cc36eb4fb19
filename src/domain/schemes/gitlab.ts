/**
 * GitLab: `X-Gitlab-Token` is the secret itself, or, with a signing token (`whsec_…`), the request is signed as Standard Webhooks
 * are (https://docs.gitlab.com/user/project/integrations/webhooks/).
 */
import { header } from "../payload.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner, WHSEC } from "./secret-rule.ts";
import { standardProof } from "./standard.ts";
import { token } from "./token.ts";

const provider = "GitLab";
const secretToken = token({ provider, header: "X-Gitlab-Token" });

export const gitlab: Scheme = {
  name: "gitlab",
  provider,
  secret: chosenByOwner({
    pattern: new RegExp(`${WHSEC.pattern.source}|^(?!whsec_)[\\x21-\\x7e]+$`),
    words: "a secret token of printable ASCII without spaces, or a signing token: whsec_ and base64",
  }),
  steps: (url) => [
    `At GitLab: Settings, Webhooks, Add new webhook of the project or group; URL ${url}, and the secret as Secret token.`,
    "Choose the triggers that you want. A signing token instead (whsec_…): make the source again with the same slug and that secret.",
  ],
  needsJson: false,

  // Either may be the proof, so that an owner can go from one to the other.
  verify(request, source, nowMs) {
    if (header(request.headers, "webhook-signature") === undefined) {
      return secretToken.verify(request, source, nowMs);
    }
    const signed = standardProof.verify(request, source, nowMs);
    if (signed.kind === "verified" || header(request.headers, "x-gitlab-token") === undefined) return signed;
    return secretToken.verify(request, source, nowMs);
  },

  sign: (request, secret, nowMs) =>
    (WHSEC.pattern.test(secret) ? standardProof : secretToken).sign(request, secret, nowMs),

  // "Merge Request Hook": in the words of the payload's object_kind, merge_request.
  eventType({ headers }) {
    const name = header(headers, "x-gitlab-event")?.replace(/ Hook$/, "");
    return name?.toLowerCase().replaceAll(" ", "_");
  },

  // The same for each try; X-Gitlab-Event-UUID is shared by webhooks that trigger each other.
  deliveryId: ({ headers }) => header(headers, "idempotency-key") ?? header(headers, "webhook-id"),
};
