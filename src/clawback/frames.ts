/** What is said on Clawback's wire, checked here and only here: JSON text, a frame a message. */
import { z } from "zod";
import { EventId } from "../domain/ids.ts";
import type { DeliveryRef } from "../services/live-session.ts";
import { badFrame } from "./refusals.ts";

const name = z.string().max(120);
const optionalName = name.nullish();
const words = z.string().max(20_000).nullish();

const Auth = z.object({ type: z.literal("auth"), token: z.string().max(200), sessionTag: optionalName });
export type Auth = z.infer<typeof Auth>;

/** One line about what was done; more is cut off, because the ack counts, not its words. */
const SUMMARY_LENGTH = 2_000;
const Ack = z.object({
  type: z.literal("ack"),
  eventId: z.string().max(200),
  summary: z
    .string()
    .nullish()
    .transform((text) => (text ?? "").slice(0, SUMMARY_LENGTH)),
});

const asked = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), requestId: z.string().min(1).max(200), ...shape });

const Rule = z.object({ header: words, body: words, action: words });

/** As Clawback's documentation has them; what a field may hold is the services' to say. */
export const Request = z.discriminatedUnion("type", [
  asked("cron_create", {
    schedule: z.string().max(1_000),
    prompt: z.string().max(100_000),
    label: words,
    sessionTag: optionalName,
    priority: optionalName,
  }),
  asked("cron_delete", { cronId: name }),
  asked("cron_list", {}),
  asked("source_create", {
    slug: name,
    verifierType: optionalName,
    secret: words,
    skill: words,
    routes: z.record(z.string().max(200), z.string().max(20_000)).nullish(),
    eventType: Rule.nullish(),
    sessionTag: optionalName,
    priority: optionalName,
  }),
  asked("source_delete", { sourceId: name }),
  asked("source_list", {}),
  asked("event_history", { limit: z.number().nullish() }),
  asked("account_info", {}),
  asked("token_rotate", { label: words }),
  asked("token_create", { label: words }),
  asked("token_list", {}),
  asked("session_send", {
    targets: z.array(name).max(100),
    content: z.string().max(200_000),
    priority: optionalName,
  }),
  asked("session_list", {}),
]);
export type Request = z.infer<typeof Request>;
export type RequestOf<T extends Request["type"]> = Extract<Request, { type: T }>;

export const REQUEST_TYPES = Request.options.map((option) => option.shape.type.value);

/** What a client says before it is let in. Throws `SignalboxError`. */
export function authOf(text: string): Auth {
  const parsed = Auth.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw badFrame("the first frame is no auth with a token");
}

export type Said =
  | { type: "pong" }
  | z.infer<typeof Ack>
  | { type: "request"; request: Request }
  /** A request that can be answered, but not be understood. */
  | { type: "unclear"; requestId: string; problem: string };

/** Throws `SignalboxError` for what nobody could be answered about. */
export function saidOf(text: string): Said {
  const json = jsonOf(text);
  const { type, requestId } = Envelope.safeParse(json).data ?? {};
  if (type === "pong") return { type };
  if (type === "ack") {
    const ack = Ack.safeParse(json);
    if (ack.success) return ack.data;
    throw badFrame("an ack has an eventId and a summary");
  }
  if (requestId === undefined) throw badFrame("it is no ack, no pong, and has no requestId");
  const request = Request.safeParse(json);
  if (request.success) return { type: "request", request: request.data };
  const known = REQUEST_TYPES.some((one) => one === type);
  const [issue] = request.error.issues;
  const where = issue?.path.join(".").slice(0, 100) ?? "";
  return {
    type: "unclear",
    requestId,
    problem: known
      ? `${where || "the request"}: ${issue?.message ?? "not understood"}.`
      : `There is no such request; there are ${REQUEST_TYPES.join(", ")}.`,
  };
}

const Envelope = z.object({
  type: z.string().optional().catch(undefined),
  requestId: z.string().min(1).max(200).optional().catch(undefined),
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badFrame("it is no JSON");
  }
}

/** A delivery's id on this wire: each has one of its own, so that the ack of an old one is known as such. */
export const wireIdOf = ({ eventId, delivery }: DeliveryRef): string => `${eventId}.${delivery}`;

/** Null: it was never one of ours. */
export function deliveryOf(wireId: string): DeliveryRef | null {
  const [, id, number] = /^([^.]+)\.([1-9]\d{0,8})$/.exec(wireId) ?? [];
  const eventId = EventId.safeParse(id);
  return eventId.success ? { eventId: eventId.data, delivery: Number(number) } : null;
}
