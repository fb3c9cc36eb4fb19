/** What happens in a simulated world, as somebody outside of the code sees it. The invariants judge by this alone. */
import type { ConnectRequest, ConnectResponse } from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { CronRecord } from "../../src/domain/cron.ts";
import type { EventContent, EventRecord } from "../../src/domain/event.ts";
import type { Priority } from "../../src/domain/order.ts";
import type { Write } from "../../src/domain/ports/store.ts";
import type { SessionRecord } from "../../src/domain/session.ts";
import type { Policy } from "../../src/domain/turns.ts";
import type { WireSeen } from "./network/wire-seen.ts";

/** What a sender sends: the same each time that it tries again. */
export interface Webhook {
  account: string;
  sourceId: string;
  lane: string;
  priority: Priority;
  deliveryId: string | null;
  payload: string;
}

/** A conversation of Claude, and the plugin process that it speaks to. */
export interface Reader {
  client: string;
  account: string;
  session: string;
  /** One a conversation: /clear begins another, --resume goes on with the same. */
  conversation: number;
  /** One a plugin process. */
  instance: string;
  hooks: boolean;
}

/** The same object when it is asked and when it is answered. */
export interface Call {
  token: string;
  method: string;
  request: unknown;
}

export type ShownBy = "channel" | "event_take" | "event_ack";

export type Happening =
  /** A sender has its 2xx. `askedAt`: when its request had not yet left. */
  | {
      kind: "accepted";
      webhook: Webhook;
      id: string;
      status: "queued" | "duplicate" | "dropped";
      askedAt: number;
    }
  /** A sender was told that the lane is full. */
  | { kind: "refused"; webhook: Webhook; askedAt: number }
  /** The server has asked for a commit. */
  | { kind: "asked"; writes: readonly Write[] }
  /** A record is on the disk; with its content where it is new. */
  | { kind: "event"; before: EventRecord | null; after: EventRecord; content: EventContent | null }
  /** Retention has taken it from the disk; `emptied`: but for its row. */
  | { kind: "kept"; what: "removed" | "emptied"; before: EventRecord }
  | { kind: "session"; before: SessionRecord | null; after: SessionRecord }
  | { kind: "cron"; before: CronRecord | null; after: CronRecord }
  /** The server read several records; `limit` 0: it set none. */
  | { kind: "read"; what: string; limit: number; got: number }
  /** The server has put a frame on its way. */
  | { kind: "said"; wire: WireSeen; frame: ConnectResponse["frame"] }
  /** A frame has reached the server. */
  | { kind: "heard"; wire: WireSeen; frame: ConnectRequest["frame"] }
  /** The server knows that the stream is over, or is dead. */
  | { kind: "lost"; wire: WireSeen }
  /** The client has let an event, or the line that announces it, into the conversation. `delivery` null: a line names none. */
  | { kind: "reached"; to: Reader; eventId: string; delivery: number | null }
  /** Claude has read an event. `unsure`: a hook that could have withdrawn it gave no answer. */
  | {
      kind: "shown";
      to: Reader;
      by: ShownBy;
      eventId: string;
      delivery: number;
      text: string;
      unsure: boolean;
    }
  /** Claude has read a part of an event's payload. */
  | { kind: "page"; to: Reader; eventId: string; text: string }
  /** Claude has called event_ack. */
  | {
      kind: "acks";
      by: Reader;
      eventId: string | null;
      /** Where the wire names it: of Clawback's plugin. */
      delivery?: number;
      outcome: "done" | "failed" | "retry";
    }
  /** What event_ack has answered. */
  | {
      kind: "told";
      to: Reader;
      eventId: string;
      outcome: "done" | "failed" | "retry";
      text: string;
      failed: boolean;
    }
  /** session_send has said that the message is stored; `during`: the event that was being handled. */
  | {
      kind: "sent";
      by: Reader;
      id: string;
      lane: string;
      text: string;
      during: string | null;
      askedAt: number;
    }
  /** cron_run has said that its event is stored; `during`: the event that was being handled. */
  | { kind: "ran"; by: Reader; id: string; during: string; askedAt: number }
  /** Somebody asks the control service. */
  | { kind: "calls"; call: Call }
  /** It has answered; `response` null: it has refused, or failed, with this code. */
  | { kind: "answered"; call: Call; response: unknown; code: string }
  /** A line in a log. */
  | { kind: "line"; from: string; text: string }
  | { kind: "file"; path: string; text: string }
  /** Its owner was told that the lane is paused; or he asks that it go on. */
  | { kind: "lane"; account: string; lane: string; paused: boolean }
  /** Its owner was told the policy of the lane; or he asks for a change of it, and nobody knows (null). */
  | { kind: "policy"; account: string; lane: string; policy: Policy | null }
  | { kind: "server"; up: boolean };
