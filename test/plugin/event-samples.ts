import type { Said } from "./frame-server.ts";

export const E1 = "evt_01k00000000000000000000001";
export const E2 = "evt_01k00000000000000000000002";

export function deliver(
  eventId: string,
  delivery = 1,
  more: { again?: boolean; band?: string; meta?: Record<string, string> } = {},
): Said {
  return {
    case: "deliver",
    value: {
      of: { eventId, delivery },
      band: "normal",
      content: `Signalbox event ${eventId} (delivery ${delivery}).`,
      meta: { event_id: eventId, delivery: String(delivery), origin: "webhook" },
      ...more,
    },
  };
}

/** A channel event as the client shows it to the hook. */
export const tagOf = (eventId: string, delivery = 1): string =>
  `<channel source="plugin:signalbox:box" event_id="${eventId}" delivery="${delivery}" origin="webhook">\nSignalbox event ${eventId}\n</channel>`;

export const lineOf = (eventId: string): string =>
  `Signalbox: event ${eventId} is ready. Call event_take to receive it, handle it, then call event_ack.`;

/** A wake as the client shows it to the hook. */
export const wakeOf = (eventId: string): string =>
  `Stop hook blocking error from command "node": ${lineOf(eventId)}\n`;
