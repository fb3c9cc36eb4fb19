/**
 * Discord's webhook events and interactions, abridged (https://docs.discord.com/developers/events/webhook-events,
 * https://docs.discord.com/developers/interactions/receiving-and-responding).
 */
import type { MakeSample } from "./sample.ts";

const headers = { "content-type": "application/json", "user-agent": "Discord-Interactions/1.0" };

const mona = { id: "53908232506183680", username: "mona", global_name: "Mona" };

export const discordSamples: Readonly<Record<string, MakeSample>> = {
  APPLICATION_AUTHORIZED: (_, nowMs) => ({
    headers,
    payload: {
      version: 1,
      application_id: "1234560123453231555",
      type: 1,
      event: {
        type: "APPLICATION_AUTHORIZED",
        timestamp: new Date(nowMs).toISOString(),
        data: { integration_type: 1, scopes: ["applications.commands"], user: mona },
      },
    },
  }),
  "interaction.application_command": (ids) => ({
    headers,
    payload: {
      version: 1,
      id: String(ids.number("interaction", 15)),
      application_id: "1234560123453231555",
      type: 2,
      token: ids.hex("token", 60),
      member: { user: mona },
      channel_id: "645027906669510667",
      data: {
        id: "771825006014889984",
        name: "deploy",
        options: [{ name: "service", type: 3, value: "storefront" }],
      },
    },
  }),
};
