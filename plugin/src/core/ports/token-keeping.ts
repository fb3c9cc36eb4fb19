import type { Configuration } from "../configuration.ts";

export type PlannedConfiguration =
  /** Sound: what would be written, and what it means. */
  | { kind: "planned"; content: object; configuration: Configuration }
  /** It would be refused when it is read, or what is there is. */
  | { kind: "refused"; problem: string };

/** Where tokens are kept: in the configuration file, and in new files beside it. A transcript is no place for one. */
export interface TokenKeeping {
  /** Why the configuration can't be given another token, with the cure; null: it can. */
  obstacle(): Promise<string | null>;
  /**
   * Puts one token in the place of the other: the whole file or nothing, for its owner alone; all else in it stays, and a link
   * to it stays one. `changed`: it has neither of them. Rejects when the disk does.
   */
  replace(from: string, to: string): Promise<"saved" | "changed">;
  /** What the configuration would be with these, its token and server changed and all else as it is; nothing is written. */
  plan(change: { token: string; remote: string | null }): Promise<PlannedConfiguration>;
  /** Writes what was planned; its path. Rejects when the disk does. */
  configure(planned: Extract<PlannedConfiguration, { kind: "planned" }>): Promise<string>;
  /** The configuration has no token any more; all else in it stays. False: it had none. */
  clear(): Promise<boolean>;
  /** A new file beside the configuration, for its owner alone; its path. Rejects when the disk does. */
  keep(name: string, text: string): Promise<string>;
}
