/**
 * Discord: Ed25519 over timestamp and body, under the application's public key, for webhook events and for interactions
 * (https://docs.discord.com/developers/events/webhook-events,
 * https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint). Discord sends wrong signatures now and then, to
 * see that they are refused with 401.
 */
import { textAt, valueAt } from "../dotted-path.ts";
import { header, type WebhookRequest } from "../payload.ts";
import { jsonAnswer, NO_CONTENT } from "./answer.ts";
import { isTimestamp } from "./claim.ts";
import { KEY, proves, publicOf, signatureOf } from "./ed25519.ts";
import { mismatch, missing, stale } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider } from "./secret-rule.ts";

const provider = "Discord";
const SIGNATURE = "X-Signature-Ed25519";
const TIMESTAMP = "X-Signature-Timestamp";
const TOLERANCE_SECONDS = 300;

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type */
const INTERACTIONS: Readonly<Record<string, string>> = {
  2: "application_command",
  3: "message_component",
  4: "application_command_autocomplete",
  5: "modal_submit",
};

export const discord: Scheme = {
  name: "discord",
  provider,
  secret: {
    ...givenByProvider({
      pattern: KEY,
      words: "the application's Public Key (General Information), 64 hex digits, not the bot's token",
    }),
    publicOf,
  },
  steps: (url) => [
    "At discord.com/developers: your application, General Information, Public Key. Make the source again with the same slug and that as secret first.",
    `Then Webhooks, Endpoint ${url} (Discord tries it at once), Events on; for commands: General Information, Interactions Endpoint URL.`,
  ],
  needsJson: false,

  verify({ headers, body }, { secrets }, nowMs) {
    const signature = header(headers, SIGNATURE);
    const timestamp = header(headers, TIMESTAMP);
    if (signature === undefined) return missing(SIGNATURE, provider);
    if (!isTimestamp(timestamp)) return mismatch(SIGNATURE, provider);
    const message = signed(timestamp, body);
    const secret = secrets.findIndex((key) => proves(signature, message, key));
    if (secret === -1) return mismatch(SIGNATURE, provider);
    const offSeconds = Math.abs(nowMs / 1000 - Number(timestamp));
    return offSeconds > TOLERANCE_SECONDS
      ? stale(TIMESTAMP, offSeconds, TOLERANCE_SECONDS)
      : { kind: "verified", secret };
  },

  sign({ body }, key, nowMs) {
    const timestamp = String(Math.floor(nowMs / 1000));
    return {
      [SIGNATURE.toLowerCase()]: signatureOf(signed(timestamp, body), key),
      [TIMESTAMP.toLowerCase()]: timestamp,
    };
  },

  eventType(request) {
    const interaction = INTERACTIONS[kindOf(request) ?? ""];
    return textAt(request.json(), "event.type") ?? (interaction && `interaction.${interaction}`);
  },
  deliveryId: () => undefined,

  handshake(request) {
    if (kindOf(request) === "0") return NO_CONTENT;
    return kindOf(request) === "1" && !isWebhookEvent(request) ? jsonAnswer({ type: 1 }) : undefined;
  },

  // An interaction is answered later, by its token; until then Discord wants 202 and no body.
  answer: (request) => (isWebhookEvent(request) ? NO_CONTENT : { status: 202, content: "empty" }),
};

const signed = (timestamp: string, body: Uint8Array) => Buffer.concat([Buffer.from(timestamp), body]);

const kindOf = (request: WebhookRequest) => textAt(request.json(), "type");

/** Their ping is 0 and they are 1; the ping of interactions is 1 too, and has no event. */
const isWebhookEvent = (request: WebhookRequest) => valueAt(request.json(), "event") !== undefined;
