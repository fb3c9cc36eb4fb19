/** What a source says of time, and of events that are one matter: its arguments, and how it is told. */
import * as z from "zod";
import type { CreateSourceRequest, Source } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { plain } from "./names.ts";

/** The server has its bounds for each of them, and says them. */
const AFTER_RULE = "takes whole seconds, 1 or more, or a time such as 2026-12-24T18:00:00Z";
const EXPIRES_RULE = "takes whole seconds, 1 or more";

export const sourceTiming = {
  coalesce: z
    .strictObject(
      {
        key: z.string().min(1).max(500).describe('JSON pointer into the payload: "/pull_request/number"'),
        window_seconds: z.int().min(1).optional().describe("How old the waiting one may be; default: a week"),
      },
      "takes an object with key, and window_seconds if you like",
    )
    .optional()
    .describe("A newer event takes the place of one that waits, where both have the same value there"),
  deliver_after: z
    .union([z.int().min(1, AFTER_RULE), z.string().min(1, AFTER_RULE).max(40, AFTER_RULE)], AFTER_RULE)
    .optional()
    .describe("Seconds, or a time such as 2026-12-24T18:00:00Z, before which nothing is delivered"),
  expires_after: z
    .int(EXPIRES_RULE)
    .min(1, EXPIRES_RULE)
    .optional()
    .describe("Seconds after which an event that still waits is let go; default: it keeps"),
};

interface Timing {
  coalesce?: { key: string; window_seconds?: number | undefined } | undefined;
  deliver_after?: number | string | undefined;
  expires_after?: number | undefined;
}

export function timingOf({ coalesce, deliver_after: deliverAfter, expires_after: expiresAfter }: Timing) {
  return {
    ...(coalesce !== undefined && {
      coalesce: { key: coalesce.key, windowSeconds: coalesce.window_seconds ?? 0 },
    }),
    deliverAfter: String(deliverAfter ?? ""),
    expiresAfterSeconds: expiresAfter ?? 0,
  } satisfies Partial<Pick<CreateSourceRequest, "deliverAfter" | "expiresAfterSeconds">> & object;
}

export function timingLines({ coalesce, deliverAfter, expiresAfterSeconds: expires }: Source): string[] {
  const after = /^\d+$/.test(deliverAfter) ? `${deliverAfter} seconds` : plain(deliverAfter);
  return [
    ...(coalesce === undefined
      ? []
      : [
          `  Coalesced while it waits: what has the same value at ${plain(coalesce.key)}, within ${coalesce.windowSeconds} seconds`,
        ]),
    ...(deliverAfter === "" ? [] : [`  Delivered after: ${after}`]),
    ...(expires === 0 ? [] : [`  Let go where it still waits after ${expires} seconds`]),
  ];
}
