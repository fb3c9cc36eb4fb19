/** What is done to whom, and after which pause: drawn from the seed alone. The instants are the machine's. */
import type { Random } from "../../src/domain/ports/random.ts";
import type { Point } from "./fail-points.ts";

export type Side = "plugins" | "senders";

export type Blow =
  /** `downMs`: until it is started again. */
  | { kind: "kill-server"; downMs: number }
  | { kind: "kill-server-at"; point: Point; skip: number; downMs: number }
  /** Killed, and once more while it starts: at the `skip`-th thing that it asks of its store. */
  | { kind: "kill-starting-server"; skip: number }
  | { kind: "restart-server" }
  /** `plugin`: it goes too. `resumes`: with the same session id. */
  | { kind: "kill-client"; seat: number; plugin: boolean; resumes: boolean; downMs: number }
  /** Its user starts the client again, some time later. */
  | { kind: "kill-plugin"; seat: number; resumes: boolean; downMs: number }
  | { kind: "cut"; side: Side }
  /** Half-open for so long; then all goes on, or is cut. */
  | { kind: "freeze"; side: Side; ms: number; ends: "thaw" | "cut" }
  /** Half-open for ever: both ends must find out for themselves. */
  | { kind: "abandon"; side: Side }
  | { kind: "slow"; side: Side; ms: number; delayMs: number }
  /** `holder`: whose, counted round. */
  | { kind: "rotate-token"; holder: number }
  | { kind: "revoke-token"; holder: number }
  | { kind: "fill-disk"; pages: number; ms: number }
  | { kind: "fail-disk"; point: Point; skip: number; times: number };

export interface Step {
  /** Before the blow. */
  pauseMs: number;
  /** Then it waits, not for long, until whoever it meets has an event in hand: there it hurts most. */
  whenBusy: boolean;
  /** So many webhooks are sent off, and it comes so soon behind them that it may meet them anywhere. */
  webhooks: number;
  leadMs: number;
  blow: Blow;
}

const KILL_POINTS: readonly Point[] = [
  "before-append",
  "before-ack",
  "before-claim",
  "uncommitted",
  "committed",
  "after-append",
  "after-ack",
  "after-claim",
  "before-frame",
  "after-frame",
];
const FAIL_POINTS: readonly Point[] = [
  ...KILL_POINTS.filter((point) => point !== "after-frame"),
  "before-session",
];

const LONGEST_PAUSE_MS = 600;
const MOST_WEBHOOKS = 4;
const LONGEST_LEAD_MS = 25;
const LONGEST_DOWN_MS = 600;

export const killsOf = ({ kind }: Blow): number =>
  kind === "kill-starting-server" ? 2 : kind.startsWith("kill") ? 1 : 0;

/** Blows with at least so many kills in all. */
export function scheduleOf({ fraction }: Random, kills: number, seats: number): Step[] {
  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  const chance = (of: number) => fraction() < of;
  const one = <T>(all: readonly T[]): T => {
    const picked = all[between(0, all.length - 1)];
    if (picked === undefined) throw new Error("there is nothing to pick from");
    return picked;
  };
  const downMs = () => (chance(0.5) ? 0 : between(0, LONGEST_DOWN_MS));
  const side = (): Side => (chance(0.75) ? "plugins" : "senders");
  // In turn: with each break of its link a plugin waits longer before it comes back, and a new one begins anew.
  let restarts = 0;
  const seat = () => restarts++ % seats;
  const draws: readonly (readonly [weight: number, draw: () => Blow])[] = [
    [7, () => ({ kind: "kill-server", downMs: downMs() })],
    [18, () => ({ kind: "kill-server-at", point: one(KILL_POINTS), skip: between(0, 3), downMs: downMs() })],
    [3, () => ({ kind: "kill-starting-server", skip: between(0, 5) })],
    [2, () => ({ kind: "restart-server" })],
    [
      32,
      () => ({
        kind: "kill-client",
        seat: seat(),
        plugin: chance(0.5),
        resumes: chance(0.7),
        downMs: downMs(),
      }),
    ],
    [16, () => ({ kind: "kill-plugin", seat: seat(), resumes: chance(0.7), downMs: downMs() })],
    [4, () => ({ kind: "cut", side: side() })],
    [4, () => ({ kind: "freeze", side: side(), ms: between(200, 3_000), ends: one(["thaw", "cut"]) })],
    [1, () => ({ kind: "abandon", side: side() })],
    [4, () => ({ kind: "slow", side: side(), ms: between(500, 2_000), delayMs: between(5, 60) })],
    [4, () => ({ kind: "rotate-token", holder: between(0, 5) })],
    [3, () => ({ kind: "revoke-token", holder: between(0, 5) })],
    [3, () => ({ kind: "fill-disk", pages: between(0, 12), ms: between(300, 1_500) })],
    [6, () => ({ kind: "fail-disk", point: one(FAIL_POINTS), skip: between(0, 3), times: between(1, 4) })],
  ];
  const weighted = draws.flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw));
  const steps: Step[] = [];
  for (let left = kills; left > 0; ) {
    const blow = one(weighted)();
    steps.push({
      pauseMs: between(0, LONGEST_PAUSE_MS),
      whenBusy: chance(0.6),
      webhooks: "seat" in blow ? 0 : between(0, MOST_WEBHOOKS),
      leadMs: between(0, LONGEST_LEAD_MS),
      blow,
    });
    left -= killsOf(blow);
  }
  return steps;
}
