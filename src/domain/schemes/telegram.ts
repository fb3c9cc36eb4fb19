/**
 * Telegram: `X-Telegram-Bot-Api-Secret-Token` equals the `secret_token` that `setWebhook` was given
 * (https://core.telegram.org/bots/api#setwebhook).
 */
import { textAt } from "../dotted-path.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner } from "./secret-rule.ts";
import { token } from "./token.ts";

const provider = "Telegram";

export const telegram: Scheme = {
  name: "telegram",
  provider,
  secret: chosenByOwner({
    pattern: /^[A-Za-z0-9_-]{1,256}$/,
    words: "1 to 256 of A-Z a-z 0-9 _ -, of your own choice, not the bot's token",
  }),
  steps: (url) => [
    `Call setWebhook of the Bot API with url ${url} and the secret as secret_token; Telegram wants HTTPS.`,
    "allowed_updates says which updates come; getWebhookInfo tells what went wrong.",
  ],
  needsJson: false,
  ...token({ provider, header: "X-Telegram-Bot-Api-Secret-Token" }),

  // An update has its id and one of what may happen: https://core.telegram.org/bots/api#update
  eventType: (request) => Object.keys(Object(request.json())).find((name) => name !== "update_id"),
  deliveryId: (request) => textAt(request.json(), "update_id"),
};
