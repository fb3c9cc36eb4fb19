/** How tokens are spoken of: by id, label and when, and never by themselves. */
import * as z from "zod";
import type { TokenInfo } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { momentWords } from "./moment.ts";
import { quoted } from "./names.ts";

const LABEL_RULE = "a label has 1 to 100 characters";
export const tokenLabel = z.string().trim().min(1, LABEL_RULE).max(100, LABEL_RULE);

export function tokenLine({ id, label, role, tags, ...more }: TokenInfo): string {
  const { createdAtMs, lastSeenAtMs, current, links, replaces } = more;
  return [
    `- ${id} ${label === "" ? "without a label" : quoted(label, 100)}${current ? " (this session's own)" : ""}`,
    role === "admin" ? "the local commands', every lane" : lanesOf(tags),
    `created ${minuteOf(createdAtMs)}`,
    `last seen ${lastSeenAtMs === 0n ? "never" : minuteOf(lastSeenAtMs)}`,
    ...(links === 0 ? [] : [`${links} ${links === 1 ? "link" : "links"} now`]),
    ...(replaces === "" ? [] : [`takes the place of ${replaces} when it is first used`]),
  ].join(", ");
}

const lanesOf = (tags: readonly string[]): string =>
  tags.length === 0 ? "every lane" : `bound to ${tags.join(" ")}`;

/** To the minute, which is how exactly it is known. */
const minuteOf = (ms: bigint): string => momentWords(ms, "minute");
