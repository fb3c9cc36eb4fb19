/** What the owner of a box says of one lane. A lane of which nothing is said is not paused, first in first out, and has no greatest depth. */
import { z } from "zod";
import { SignalboxError } from "./errors.ts";
import { type Lane, laneName } from "./lane.ts";
import { POLICIES, type Policy } from "./turns.ts";

export const MOST_DEPTH = 1_000_000;

export interface Pause {
  /** Unix ms. */
  since: number;
  /** The label of the token that asked for it. */
  by: string;
  reason: string | null;
}

export interface LaneSettings {
  account: string;
  lane: Lane;
  /** Nothing is handed over, whatever its band; what is in hand stays there. */
  paused: Pause | null;
  /** So many events may wait, delayed ones too; null: as many as come. */
  maxDepth: number | null;
  /** Who leaves first inside a band. */
  policy: Policy;
}

export const plainLane = (account: string, lane: Lane): LaneSettings => ({
  account,
  lane,
  paused: null,
  maxDepth: null,
  policy: "fifo",
});

/** Nothing is said of it: it needs no record. */
export const isPlain = ({ paused, maxDepth, policy }: LaneSettings): boolean =>
  paused === null && maxDepth === null && policy === "fifo";

/** What is changed of a lane; what is absent stays as it is. */
export const LaneChange = z.strictObject({
  paused: z.boolean().optional(),
  reason: z.string().max(300, "has more than 300 characters").optional(),
  /** 0: no greatest depth. */
  maxDepth: z.int().min(0).max(MOST_DEPTH, `takes 1 to ${MOST_DEPTH}, or 0 for none`).optional(),
  policy: z.enum(POLICIES).optional(),
});
export type LaneChange = z.infer<typeof LaneChange>;

/** The code of the refusal. */
export const LANE_FULL = "lane_full";

export const laneFull = (lane: Lane, maxDepth: number): SignalboxError =>
  new SignalboxError(
    "full",
    LANE_FULL,
    `lane ${laneName(lane)} is full: ${maxDepth} events wait, and it takes no more`,
    "Send it again later; its owner can raise the depth with lane_update, or see to it that a session works there",
  );
