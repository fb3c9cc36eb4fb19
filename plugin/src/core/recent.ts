/** The last deliveries that a session had: a late ack still names the right one, a late copy is known and withdrawn. */
import type { Delivery } from "./delivery.ts";
import type { Memory } from "./state.ts";

export const REMEMBERED = 20;

export function remember(memory: Memory, { eventId, delivery }: Delivery): void {
  const others = memory.recent.filter((one) => one.eventId !== eventId);
  memory.recent = [...others, { eventId, delivery }].slice(-REMEMBERED);
}

export function recentDelivery(memory: Memory, eventId: string): Delivery | null {
  return memory.recent.findLast((one) => one.eventId === eventId) ?? null;
}
