/** The edge between the wire and the services: every frame of a plugin is checked here, and only here. */
import { create } from "@bufbuild/protobuf";
import { z } from "zod";
import {
  type Ack,
  AckedSchema,
  AckStatus,
  type ConnectResponse,
  ConnectResponseSchema,
  DeliverSchema,
  type Delivery,
  DeliverySchema,
  type Hello,
  Outcome,
  type Presence as PresenceFrame,
  RecallReason,
  RecallSchema,
  TurnLost,
  Way as WireWay,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { label, Tag } from "../domain/grammar.ts";
import { EventId } from "../domain/ids.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Again, Outcome as OutcomeWord, Way } from "../domain/machines/event-words.ts";
import type { AckAnswer, AckSaid } from "../services/acks.ts";
import type { DeliveryRef, Handover, Presence } from "../services/live-session.ts";
import type { Introduction } from "../services/reception.ts";

/** One line about what was done; more is cut off, because the ack counts, not its words. */
const SUMMARY_LENGTH = 2_000;
const MOST_UNCONFIRMED = 1_000;
const LONGEST_EXTENSION_S = 86_400;
const LONGEST_RETRY_S = 30 * 86_400;

const Ref = z.object({ eventId: EventId, delivery: z.number().int().min(1) });

/** Throws ZodError for a frame that no plugin of ours sends. */
export function refOf(of: Delivery | undefined): DeliveryRef {
  return Ref.parse({ eventId: of?.eventId, delivery: of?.delivery });
}

const OUTCOMES: Partial<Record<Outcome, OutcomeWord>> = {
  [Outcome.UNSPECIFIED]: "done",
  [Outcome.DONE]: "done",
  [Outcome.FAILED]: "failed",
  [Outcome.RETRY]: "retry",
};

const KnownOutcome = z.enum(["done", "failed", "retry"]);

export function ackOf(ack: Ack): AckSaid {
  return {
    of: refOf(ack.of),
    outcome: KnownOutcome.parse(OUTCOMES[ack.outcome]),
    summary: ack.summary.slice(0, SUMMARY_LENGTH),
    retryAfterMs:
      ack.retryAfterSeconds === undefined ? null : Math.min(ack.retryAfterSeconds, LONGEST_RETRY_S) * 1000,
  };
}

const WAYS: Partial<Record<WireWay, Way>> = {
  [WireWay.CHANNEL]: "channel",
  [WireWay.WAKE]: "wake",
  [WireWay.PULL]: "pull",
};
export const wayOf = (way: WireWay): Way => WAYS[way] ?? "pull";

export function presenceOf(frame: PresenceFrame | undefined): Presence {
  return {
    busy: frame?.busy ?? false,
    waiter: frame?.waiter ?? false,
    hooks: frame?.hooks ?? false,
    toolRunning: frame?.toolRunning ?? false,
    ready: frame?.ready ?? false,
    interruptible: frame?.interruptible ?? false,
    way: wayOf(frame?.way ?? WireWay.UNSPECIFIED),
  };
}

const LOST: Partial<Record<TurnLost, Again>> = {
  [TurnLost.CLEARED]: "cleared",
  [TurnLost.ESCAPED]: "escaped",
};
export const turnLostOf = (lost: TurnLost): Again | null => LOST[lost] ?? null;

export const extensionMs = (seconds: number): number => Math.min(seconds, LONGEST_EXTENSION_S) * 1000;

const SessionName = z.string().regex(/^[A-Za-z0-9._:-]{1,100}$/);
const Instance = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);

export function introductionOf(account: string, hello: Hello): Introduction {
  const tag = hello.tag === "" ? null : Tag.parse(hello.tag);
  return {
    account,
    session: SessionName.parse(hello.session),
    instance: Instance.parse(hello.instance),
    lane: laneOfTag(tag),
    client: label(hello.client),
    entrypoint: label(hello.entrypoint),
    project: label(hello.project),
    pluginVersion: label(hello.pluginVersion),
    messaging: hello.messaging ?? true,
    inHand: hello.inHand === undefined ? null : refOf(hello.inHand),
    unconfirmed: hello.unconfirmed.slice(0, MOST_UNCONFIRMED).map(ackOf),
    presence: presenceOf(hello.presence),
  };
}

export type Said = ConnectResponse["frame"];
export const frame = (said: Said): ConnectResponse => create(ConnectResponseSchema, { frame: said });

export const wireRef = (of: DeliveryRef) => create(DeliverySchema, of);

export const deliverFrame = ({ eventId, delivery, ...rest }: Handover): Said => ({
  case: "deliver",
  value: create(DeliverSchema, { of: wireRef({ eventId, delivery }), ...rest }),
});

const REASONS = {
  interrupted: RecallReason.INTERRUPTED,
  withdrawn: RecallReason.WITHDRAWN,
  timed_out: RecallReason.TIMED_OUT,
} as const;

export const recallFrame = (of: DeliveryRef, reason: keyof typeof REASONS): Said => ({
  case: "recall",
  value: create(RecallSchema, { of: wireRef(of), reason: REASONS[reason] }),
});

const STATUSES = {
  settled: AckStatus.SETTLED,
  repeated: AckStatus.REPEATED,
  late: AckStatus.LATE,
  unknown: AckStatus.UNKNOWN,
} as const;

export const ackedFrame = ({ of, status, state, waiting, next }: AckAnswer & { next: boolean }): Said => ({
  case: "acked",
  value: create(AckedSchema, { of: wireRef(of), status: STATUSES[status], state, waiting, next }),
});
