/** What is said on Clawback's wire, as what a link of our own would say: who looks on need not know two wires. */
import { create } from "@bufbuild/protobuf";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
  Outcome,
} from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { deliveryOf } from "../../../src/clawback/frames.ts";
import type { LiveSession } from "../../../src/services/live-session.ts";

export type SaidFrame = ConnectResponse["frame"];
export type HeardFrame = ConnectRequest["frame"];

interface Said {
  type: string;
  id?: string;
}

interface Heard {
  type: string;
  eventId?: string;
  summary?: string;
}

const said = (frame: Parameters<typeof create<typeof ConnectResponseSchema>>[1]): SaidFrame =>
  create(ConnectResponseSchema, frame).frame;
const heard = (frame: Parameters<typeof create<typeof ConnectRequestSchema>>[1]): HeardFrame =>
  create(ConnectRequestSchema, frame).frame;

/** `live`: whom the server takes its client for. */
export function saidIn(text: string, live: LiveSession | null): SaidFrame[] {
  const { type, id = "" } = JSON.parse(text) as Said; // Written a moment ago.
  switch (type) {
    case "auth_ok": {
      if (live === null) throw new Error("let in, and in no roster");
      const { session, epoch, lane } = live;
      return [said({ frame: { case: "welcome", value: { session, epoch: BigInt(epoch), lane } } })];
    }
    case "event": {
      const of = deliveryOf(id);
      if (of === null) throw new Error(`no delivery has the id ${id}`);
      return [said({ frame: { case: "deliver", value: { of } } })];
    }
    case "ping":
      return [said({ frame: { case: "ping", value: {} } })];
    default:
      return [];
  }
}

/** Whoever acks or asks lives. */
export function heardIn(
  text: string,
  { tag, instance }: { tag: string | null; instance: string },
): HeardFrame[] {
  const { type, eventId = "" } = JSON.parse(text) as Heard; // Written a moment ago.
  const life = heard({ frame: { case: "presence", value: { life: true, ready: true } } });
  switch (type) {
    case "auth":
      return [
        heard({
          frame: {
            case: "hello",
            value: { tag: tag ?? "", instance, presence: { ready: true }, messaging: true },
          },
        }),
      ];
    case "pong":
      return [heard({ frame: { case: "pong", value: {} } })];
    case "ack": {
      const of = deliveryOf(eventId);
      if (of === null) return [life];
      return [heard({ frame: { case: "ack", value: { of, outcome: Outcome.DONE } } }), life];
    }
    default:
      return [life];
  }
}
