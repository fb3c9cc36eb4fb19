import type { Configuration } from "../configuration.ts";

/** What is found where the configuration should be. */
export type Setup =
  | { kind: "ready"; configuration: Configuration }
  /** There is none; `path` is where it is looked for. */
  | { kind: "missing"; path: string }
  /** There is one, but it is not obeyed. */
  | { kind: "refused"; problem: string };

/** Reads the configuration anew each time, so that `npm run connect` takes effect in running sessions. Never rejects. */
export type LoadSetup = () => Promise<Setup>;
