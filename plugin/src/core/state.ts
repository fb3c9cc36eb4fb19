/** What one plugin process keeps on disk, so that its death loses nothing (promise 4). */
import * as z from "zod";
import { Delivery, WAYS } from "./delivery.ts";

export const OUTCOMES = ["done", "failed", "retry"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** An ack whose commit the server has not confirmed. */
export const KeptAck = Delivery.extend({
  outcome: z.enum(OUTCOMES),
  summary: z.string(),
  retryAfterSeconds: z.int().nonnegative().nullable(),
});
export type KeptAck = z.infer<typeof KeptAck>;

export const InHand = Delivery.extend({
  band: z.string(),
  content: z.string(),
  meta: z.record(z.string(), z.string()),
  waiting: z.int().nonnegative(),
  /** The way by which the conversation came to show it, or the line that announces it. */
  surfaced: z.enum(WAYS).nullable(),
  /** Its content was read by way of a tool. */
  taken: z.boolean(),
});
export type InHand = z.infer<typeof InHand>;

export const State = z.object({
  version: z.literal(1),
  owner: z.object({ pid: z.int(), startedAt: z.string().nullable() }),
  /** Of the remote and token that it belongs to. */
  fingerprint: z.string(),
  session: z.string(),
  savedAt: z.number(),
  inHand: InHand.nullable(),
  unconfirmed: z.array(KeptAck),
  /** Deliveries that this session had, newest last: a late ack still names the right one. */
  recent: z.array(Delivery),
  /** The channel was found not to work here. */
  wakes: z.boolean(),
});
export type State = z.infer<typeof State>;

/** The part that changes while the process lives. */
export type Memory = Pick<State, "inHand" | "unconfirmed" | "recent" | "wakes">;

export const emptyMemory = (): Memory => ({ inHand: null, unconfirmed: [], recent: [], wakes: false });

export type ReadState =
  | { kind: "state"; state: State }
  /** Another version's: its plugin may live, and understands it. */
  | { kind: "foreign" }
  | { kind: "broken" };

const OtherVersion = z.object({ version: z.number().refine((version) => version !== 1) });

export function readState(text: string): ReadState {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "broken" };
  }
  const { data } = State.safeParse(json);
  if (data !== undefined) return { kind: "state", state: data };
  return OtherVersion.safeParse(json).success ? { kind: "foreign" } : { kind: "broken" };
}
