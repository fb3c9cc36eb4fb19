/** What a call may say, checked before it is looked at. What is out of bounds is named and never quoted. */
import { z } from "zod";
import { SignalboxError } from "../domain/errors.ts";
import { EVENT_STATES } from "../domain/event.ts";
import { tagOfLane } from "../domain/lane.ts";
import { MOST_DEPTH } from "../domain/lane-settings.ts";
import { PRIORITIES } from "../domain/order.ts";
import { POLICIES } from "../domain/turns.ts";

/** Any id or lane of ours, and not much more: what is not there is answered so. */
const name = z.string().max(120, "is longer than any there is");

export const ListEvents = z.object({ states: z.array(name).max(EVENT_STATES.length), lane: name.optional() });
export const ListHistory = z.object({
  from: name,
  lane: name.optional(),
  states: z.array(name).max(EVENT_STATES.length),
  cursor: name,
});
export const ReplayEvents = z.object({ eventId: name, from: name, day: name });
export const GetPayload = z.object({
  eventId: name,
  pointer: z.string().max(4_096, "has more than 4096 characters"),
});
export const WatchEvent = z.object({ id: name });
/** Names of settings, of which there are few. */
export const UpdateSource = z.object({
  id: name,
  mask: z.object({ paths: z.array(name).max(50) }).optional(),
});
export const DeleteSource = z.object({ id: name });
const face = z.object({ session: name, instance: name });
const requestId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/, "must be 8 to 64 letters, digits or -");
export const SendMessage = z.object({
  from: face,
  requestId,
  /** Fifty tags and what stands between them. */
  target: z.string().max(4_096, "has more than 4096 characters"),
  priority: z.enum(["", ...PRIORITIES], `is none of ${PRIORITIES.join(", ")}`),
  replyTo: name,
  cause: name,
  fanout: z.enum(["", "all"], 'takes "all", or nothing'),
});
export const UpdateLane = z.object({
  lane: z
    .string()
    .refine((lane) => lane === "tag:" || tagOfLane(lane) !== null, "is no lane, such as tag:deploys"),
  reason: z.string().max(300, "has more than 300 characters"),
  maxDepth: z.int().max(MOST_DEPTH, `takes at most ${MOST_DEPTH}; 0: no greatest depth`).optional(),
  policy: z.enum(POLICIES, `is none of ${POLICIES.join(", ")}`).optional(),
});
export const ListSessions = z.object({ from: face });
const caller = { from: face.optional(), cause: name };
export const CreateCron = z.object(caller);
export const RunCron = z.object({ ...caller, id: name, requestId: z.union([z.literal(""), requestId]) });
export const UpdateCron = z.object({ ...caller, id: name });
export const OneCron = z.object({ id: name });
export const ListCrons = z.object({ after: name });
export const CreateToken = z.object({
  label: z.string().max(1_000, "has more than 1000 characters"),
  tags: z.array(name).max(100, "are more than 100"),
});

export const RotateToken = z.object({
  label: z.string().max(1_000, "has more than 1000 characters"),
  from: face.optional(),
});
export const RevokeToken = z.object({ id: name });

export const RotateKeys = z.object({ key: name });

export const SignOutAccount = z.object({ id: name });

/** Throws `SignalboxError` (invalid). */
export function requireBounds(shape: z.ZodType, request: object): void {
  const parsed = shape.safeParse(request);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new SignalboxError(
    "invalid",
    "bad_request",
    `${issue?.path.join(".").slice(0, 100) || "the request"} ${issue?.message ?? "is not understood"}`,
    "Correct it, and call again",
  );
}
