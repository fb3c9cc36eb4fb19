/** Who joins a lane: a session that nobody attends must not eat the events of one that somebody does. */
import type { JoinSetting } from "./configuration.ts";
import type { Surroundings } from "./surroundings.ts";

export type Joining =
  | { kind: "joins" }
  /** Another MCP client: it joins by its first `event_take`. */
  | { kind: "on_take" }
  | { kind: "stays_out"; why: string };

export function joining(join: JoinSetting, { entrypoint, attended }: Surroundings): Joining {
  switch (join) {
    case "always":
      return { kind: "joins" };
    case "never":
      return { kind: "stays_out", why: 'the configuration says "join": "never"' };
    case "interactive":
      if (entrypoint === null) return { kind: "on_take" };
      if (entrypoint === "cli" && attended !== false) return { kind: "joins" };
      return {
        kind: "stays_out",
        why: `this session is not interactive (${entrypoint}); "join": "always" in the configuration lets such sessions take events`,
      };
    default:
      return join satisfies never;
  }
}
