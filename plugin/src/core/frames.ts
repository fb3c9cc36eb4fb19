/** What the server's frames do to the plugin. */
import {
  type Deliver,
  type Recall,
  RecallReason,
  type Remind,
  type Welcome,
} from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { fromWire, same } from "./delivery.ts";
import type { FrameIn } from "./link.ts";
import type { Parts } from "./parts.ts";
import { ackLine } from "./reading.ts";

/** Server and plugin agree again about what is in hand (promise 5). */
export function welcomed(welcome: Welcome, parts: Parts): void {
  const { hand, outbox, orphans, showing, presence } = parts;
  const { event } = hand;
  if (event !== null && !same(event, fromWire(welcome.keep))) {
    hand.drop(event);
    showing.stop();
  }
  hand.confirmed();
  hand.repeatReceipts();
  outbox.sayRest();
  orphans.start();
  presence.repeatLoss(hand.event);
  showing.advance();
  presence.refresh();
}

export function receiveFrame(frame: FrameIn, parts: Parts): void {
  switch (frame.case) {
    case "deliver":
      void deliver(frame.value, parts);
      return;
    case "recall":
      recall(frame.value, parts);
      return;
    case "acked":
      parts.outbox.confirmed(frame.value);
      return;
    case "remind":
      remind(frame.value, parts);
      return;
    default:
      // The link has taken its own frames; what a newer server may say beyond is none of ours.
      return;
  }
}

/**
 * Shown while it is being stored: should the plugin die between the two, the server knows who has the event, and has it shown
 * again as one that comes back. Only what is stored counts as held.
 */
async function deliver(frame: Deliver, parts: Parts): Promise<void> {
  const { hand, outbox, showing, presence, notices } = parts;
  const of = fromWire(frame.of);
  const acked = of === null ? null : outbox.find(of);
  if (acked !== null) {
    // The session is done with it; the server has only not heard so yet (promise 4).
    outbox.say(acked, false);
    return;
  }
  const fresh = frame.again || !same(hand.event, of);
  if (fresh) showing.stop();
  const stored = hand.receive(frame);
  if (fresh && same(hand.event, of)) {
    showing.begin();
    void notices.arrived(frame);
  }
  await stored;
  presence.refresh();
}

/** What this conversation has not seen it must not see any more: another one has it. */
export function withdrawUnseen({ hand, showing, presence }: Parts): void {
  if (hand.event === null || hand.shown) return;
  hand.drop(hand.event);
  showing.stop();
  presence.refresh();
}

function recall({ of, reason }: Recall, { hand, showing, presence, turn }: Parts): void {
  const delivery = fromWire(of);
  if (delivery === null || !hand.drop(delivery)) return;
  if (reason === RecallReason.INTERRUPTED) turn.stopped(delivery);
  showing.stop();
  presence.refresh();
}

function remind({ of }: Remind, { hand, showing }: Parts): void {
  const { event } = hand;
  if (event === null || !same(event, fromWire(of)) || hand.waits || hand.reminded) return;
  const meta = { event_id: event.eventId, delivery: String(event.delivery), reminder: "true" };
  hand.reminded = showing.remind(
    `Signalbox event ${event.eventId} is still in hand. ${ackLine(event)}`,
    meta,
  );
}
