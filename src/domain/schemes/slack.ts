/**
 * Slack: `X-Slack-Signature: v0=…` over `v0:timestamp:body`, whatever the body is: events in JSON, commands and interactions in forms
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 */
import { textAt } from "../dotted-path.ts";
import { EMPTY, textAnswer } from "./answer.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "Slack";

export const slack: Scheme = {
  name: "slack",
  provider,
  secret: givenByProvider({
    pattern: /^[0-9A-Za-z]{20,}$/,
    words:
      "the app's Signing Secret (Basic Information, App Credentials), 32 letters and digits, not a token (xoxb-…)",
  }),
  steps: (url) => [
    "At api.slack.com/apps: your app, Basic Information, Signing Secret. Make the source again with the same slug and that secret first.",
    `Then Event Subscriptions, Enable, Request URL ${url} (Slack tries it at once), and subscribe to the events that you want.`,
  ],
  needsJson: false,

  ...signedHeader({
    provider,
    header: "X-Slack-Signature",
    prefix: "v0=",
    time: {
      header: "X-Slack-Request-Timestamp",
      toleranceSeconds: 300,
      before: (timestamp) => `v0:${timestamp}:`,
    },
  }),

  eventType: (request) => textAt(request.json(), "event.type") ?? textAt(request.json(), "type"),
  deliveryId: (request) => textAt(request.json(), "event_id"),

  // https://docs.slack.dev/reference/events/url_verification
  handshake(request) {
    if (textAt(request.json(), "type") !== "url_verification") return undefined;
    return textAnswer(textAt(request.json(), "challenge") ?? "");
  },

  // What stands in the answer to a command is shown to whoever typed it.
  answer: () => EMPTY,
};
