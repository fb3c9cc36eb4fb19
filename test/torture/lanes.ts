/** The lanes of the tortured box: what is sent to them, and who sits at them. */
import type { SchemeName } from "../../src/domain/source.ts";

export interface LaneSource {
  slug: string;
  scheme: SchemeName;
  priority?: "priority" | "interrupt";
}

export interface TorturedLane {
  /** Null: the untagged lane. */
  tag: string | null;
  sources: readonly LaneSource[];
  /** How many sessions serve it. */
  seats: number;
  /** They were started with the channel. */
  channel: boolean;
}

export const LANES: readonly TorturedLane[] = [
  {
    tag: "deploys",
    sources: [
      { slug: "deploys", scheme: "github" },
      { slug: "rollbacks", scheme: "generic", priority: "interrupt" },
    ],
    seats: 2,
    channel: false,
  },
  {
    tag: "alerts",
    sources: [
      { slug: "alerts", scheme: "generic" },
      { slug: "pager", scheme: "generic", priority: "priority" },
    ],
    seats: 1,
    channel: true,
  },
  { tag: null, sources: [{ slug: "code", scheme: "github" }], seats: 1, channel: false },
];

/** As the server writes it. */
export const laneName = ({ tag }: Pick<TorturedLane, "tag">): string => `tag:${tag ?? ""}`;

export const SEATS: number = LANES.reduce((sum, { seats }) => sum + seats, 0);
