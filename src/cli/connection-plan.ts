/**
 * What `connect` does about the configuration that it finds: a configuration is replaced without asking only if it is
 * this server's and no longer works.
 */
import type { FoundConfiguration, PluginConfiguration } from "./plugin-configuration.ts";

/** What this server says to the token that was found. */
export type TokenCheck = "alive" | "dead" | "not_ours";

export type Plan =
  | { kind: "make" }
  | { kind: "keep"; configuration: PluginConfiguration }
  | { kind: "replace"; carriedOver: PluginConfiguration }
  /** `why` ends the sentence "The configuration … ". */
  | { kind: "ask"; why: string };

export function planFor(found: FoundConfiguration, token: TokenCheck): Plan {
  switch (found.kind) {
    case "none":
      return { kind: "make" };
    case "foreign":
      return { kind: "ask", why: "is not one of Signalbox" };
    case "found":
      switch (token) {
        case "alive":
          return { kind: "keep", configuration: found.configuration };
        case "dead":
          return { kind: "replace", carriedOver: found.configuration };
        case "not_ours":
          return { kind: "ask", why: `is for another server, ${found.configuration.remote}` };
        default:
          return token satisfies never;
      }
    default:
      return found satisfies never;
  }
}
