/**
 * Where a server can be struck: instants of which a random one would hardly hit the middle. A strike waits at its point
 * for the `skip`-th time that it is passed; then the process kills itself with -9, or the store fails.
 */
import { z } from "zod";

export const POINTS = [
  /** The store is asked to write an event, an ack, a claim, a session: nothing is written yet. */
  "before-append",
  "before-ack",
  "before-claim",
  "before-session",
  /** All is said to SQLite but COMMIT. */
  "uncommitted",
  /** COMMIT has returned; nobody knows. */
  "committed",
  /** Its write has resolved; the one who asked has not been answered. */
  "after-append",
  "after-ack",
  "after-claim",
  /** The claim is stored, and the frame that hands the event over is not written. */
  "before-frame",
  /** The frame is being written. */
  "after-frame",
  /** Any call of the store: for a server that starts, and finds what it left. */
  "any",
] as const;
export type Point = (typeof POINTS)[number];

export const strikeSchema = z.object({
  order: z.literal("strike"),
  point: z.enum(POINTS),
  skip: z.number().int().default(0),
  /** `fail`: a failing disk, so many times. */
  how: z.enum(["kill", "fail"]).default("kill"),
  times: z.number().int().default(1),
});
export type Strike = z.input<typeof strikeSchema>;

/** `pages`: room for so many more; null: no limit. */
export const diskSchema = z.object({ order: z.literal("disk"), pages: z.number().int().nullable() });

export const orderSchema = z.discriminatedUnion("order", [strikeSchema, diskSchema]);
export type Order = z.input<typeof orderSchema>;

export class FailPoints {
  readonly #end: () => void;
  #strikes: z.output<typeof strikeSchema>[] = [];

  /** `end`: of the process, at once and without a word. */
  constructor(end: () => void) {
    this.#end = end;
  }

  arm(strike: Strike): void {
    this.#strikes.push(strikeSchema.parse(strike));
  }

  /** True: here the disk fails. */
  pass(point: Point): boolean {
    const strike = this.#strikes.find((armed) => armed.point === point);
    if (strike === undefined) return false;
    if (strike.skip > 0) {
      strike.skip -= 1;
      return false;
    }
    if (strike.how === "kill") this.#end();
    strike.times -= 1;
    if (strike.times <= 0) this.#strikes = this.#strikes.filter((armed) => armed !== strike);
    return true;
  }
}
