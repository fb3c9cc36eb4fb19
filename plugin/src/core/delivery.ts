/** One hand-over of an event, and the words about it, in the plugin's own spelling. */
import * as z from "zod";
import { type Delivery as WireDelivery, Way as WireWay } from "../../../proto/gen/signalbox/v1/link_pb.ts";

export const EVENT_ID = /^evt_[0-9a-hjkmnp-tv-z]{26}$/;

export const Delivery = z.object({
  eventId: z.string().regex(EVENT_ID),
  /** The number fences what is said about it. */
  delivery: z.int().positive(),
});
export type Delivery = z.infer<typeof Delivery>;

export const WAYS = ["channel", "wake", "pull"] as const;
export type Way = (typeof WAYS)[number];

export const WIRE_WAY = { channel: WireWay.CHANNEL, wake: WireWay.WAKE, pull: WireWay.PULL } as const;

export const same = (a: Delivery | null, b: Delivery | null): boolean =>
  a !== null && b !== null && a.eventId === b.eventId && a.delivery === b.delivery;

/** Null where the frame names no delivery that could be ours. */
export function fromWire(of: WireDelivery | undefined): Delivery | null {
  return Delivery.safeParse(of).data ?? null;
}

/** As a part of a frame: only the two fields. */
export const toWire = ({ eventId, delivery }: Delivery) => ({ eventId, delivery });
