/** A happening in a line of the timeline; null: it is told by nobody. */
import type { ConnectRequest, ConnectResponse, Delivery } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { dotted } from "../../src/domain/machines/actor-state.ts";
import type { Happening } from "./happening.ts";

export function storyOf(happening: Happening): { who: string; what: string } | null {
  switch (happening.kind) {
    case "accepted":
      return { who: "sender", what: `has its 202: ${happening.status} ${happening.id}` };
    case "event": {
      const { before, after } = happening;
      const { claim, delivery, attempts, reason } = after.actor.context;
      const from = before === null ? "new" : dotted(before.actor.value);
      const hand = claim === null ? "" : `, in hand of ${claim.session}`;
      const why = reason === null ? "" : `, ${reason}`;
      return {
        who: "store",
        what: `${after.facts.id} ${from} → ${dotted(after.actor.value)} (delivery ${delivery}, attempts ${attempts}${hand}${why})`,
      };
    }
    case "session": {
      const { before, after } = happening;
      const from = before === null ? "new" : dotted(before.actor.value);
      const { epoch, instance } = after.actor.context;
      return {
        who: "store",
        what: `session ${after.id} ${from} → ${dotted(after.actor.value)} (epoch ${epoch}, ${instance.slice(0, 8)})`,
      };
    }
    case "cron": {
      const { before, after } = happening;
      const from = before === null ? "new" : dotted(before.actor.value);
      const { nextAt, fired, missed } = after.actor.context;
      const next = nextAt === null ? "never" : new Date(nextAt).toISOString();
      return {
        who: "store",
        what: `${after.id} ${from} → ${dotted(after.actor.value)} (next ${next}, fired ${fired}, missed ${missed})`,
      };
    }
    case "kept":
      return { who: "store", what: `${happening.before.facts.id} ${happening.what}` };
    case "said":
      return framed("server", happening.wire.session, happening.frame);
    case "heard":
      return framed(happening.wire.plugin.life.name, null, happening.frame);
    case "lost":
      return { who: "server", what: `loses the stream of ${happening.wire.session ?? "nobody yet"}` };
    case "sent":
      return { who: happening.by.client, what: `has sent ${happening.id} to ${happening.lane}` };
    case "calls":
      return TOKEN_CALLS.test(happening.call.method)
        ? { who: "somebody", what: `asks ${happening.call.method} ${idIn(happening.call.request)}` }
        : null;
    case "answered":
      return TOKEN_CALLS.test(happening.call.method)
        ? {
            who: "server",
            what: `answers ${happening.call.method} ${idIn(happening.response)} ${happening.code}`,
          }
        : null;
    case "line":
      return { who: happening.from, what: `log: ${happening.text.slice(0, 160)}` };
    case "lane":
      return {
        who: "owner",
        what: `${happening.paused ? "was told that it is paused" : "asks that it go on"}: ${happening.lane} of ${happening.account}`,
      };
    case "policy":
      return {
        who: "owner",
        what: `${happening.policy === null ? "asks for another policy" : `was told that it is ${happening.policy}`}: ${happening.lane} of ${happening.account}`,
      };
    case "server":
      return { who: "server", what: happening.up ? "is up" : "is down" };
    default:
      return null;
  }
}

const TOKEN_CALLS = /Token$/;

const idIn = (said: unknown): string =>
  said !== null && typeof said === "object" && "id" in said ? String(said.id) : "";

type Frame = ConnectRequest["frame"] | ConnectResponse["frame"];

function framed(who: string, to: string | null, frame: Frame) {
  if (frame.case === "ping" || frame.case === "pong") return null;
  return {
    who,
    what: `${to === null ? "to server:" : `to ${to}:`} ${frame.case ?? "nothing"} ${details(frame)}`.trim(),
  };
}

function details(frame: Frame): string {
  switch (frame.case) {
    case "hello":
      return `${frame.value.session} ${frame.value.instance.slice(0, 8)} in hand ${ref(frame.value.inHand)}, ${frame.value.unconfirmed.length} acks kept`;
    case "welcome":
      return `${frame.value.session} epoch ${frame.value.epoch} keep ${ref(frame.value.keep)}`;
    case "acked":
      return `${ref(frame.value.of)} ${["", "settled", "repeated", "late", "unknown"][frame.value.status]} ${frame.value.state}${frame.value.next ? ", next" : ""}`;
    case "presence": {
      const { busy, waiter, toolRunning, ready, interruptible, life, turnLost, way } = frame.value;
      const words = [
        busy && "busy",
        waiter && "waiter",
        toolRunning && "tool",
        ready && "ready",
        interruptible && "interruptible",
        life && "life",
      ];
      return `${words.filter((word) => word !== false).join(" ")} way ${way}${turnLost === 0 ? "" : `, turn lost ${turnLost}`}`;
    }
    case "refused":
      return frame.value.code;
    case "deliver":
    case "recall":
    case "remind":
    case "held":
    case "surfaced":
    case "taken":
    case "extend":
    case "ack":
      return ref(frame.value.of);
    default:
      return "";
  }
}

const ref = (of: Delivery | undefined): string =>
  of === undefined ? "nothing" : `${of.eventId}/${of.delivery}`;
