/** The lanes of the tortured box: what is sent to them, and who sits at them. */
import type { SchemeName } from "../../src/domain/source.ts";
import type { Policy } from "../../src/domain/turns.ts";

export interface LaneSource {
  slug: string;
  scheme: SchemeName;
  priority?: "priority" | "interrupt";
  /** JSON pointer: of what has the same value there, the newest waits. */
  coalesces?: string;
  /** Each session that is connected gets a copy of its own. */
  fansOut?: boolean;
}

export interface TorturedLane {
  /** Null: the untagged lane. */
  tag: string | null;
  sources: readonly LaneSource[];
  policy?: Policy;
  /** How many sessions serve it. */
  seats: number;
  /** They were started with the channel. */
  channel: boolean;
  /** Theirs is Clawback's own plugin. */
  clawback?: boolean;
}

export const LANES: readonly TorturedLane[] = [
  {
    tag: "deploys",
    sources: [
      { slug: "deploys", scheme: "github" },
      { slug: "rollbacks", scheme: "generic", priority: "interrupt" },
      { slug: "news", scheme: "generic", fansOut: true },
    ],
    seats: 2,
    channel: false,
  },
  {
    tag: "alerts",
    sources: [
      { slug: "alerts", scheme: "generic" },
      { slug: "pager", scheme: "generic", priority: "priority" },
      { slug: "builds", scheme: "generic", coalesces: "/type" },
    ],
    seats: 1,
    channel: true,
  },
  {
    tag: null,
    sources: [
      { slug: "code", scheme: "github" },
      { slug: "docs", scheme: "generic" },
      { slug: "nightly", scheme: "generic" },
    ],
    policy: "round-robin",
    seats: 1,
    channel: false,
  },
  {
    tag: "legacy",
    sources: [
      { slug: "legacy", scheme: "generic" },
      { slug: "legacy-first", scheme: "generic", priority: "priority" },
    ],
    seats: 1,
    channel: true,
    clawback: true,
  },
];

/** As the server writes it. */
export const laneName = ({ tag }: Pick<TorturedLane, "tag">): string => `tag:${tag ?? ""}`;

export const SEATS: number = LANES.reduce((sum, { seats }) => sum + seats, 0);
