import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

/** It computes on every core: first and alone, so that neither it nor what is timed beside it is slowed down. */
const ALONE = "test/simulation/simulation.test.ts";

// Hundreds of processes are started from the same files: what one of them has compiled is there for the next.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules", ".cache", "signalbox");

export default defineConfig({
  test: {
    pool: "forks",
    // Most of what takes long waits for processes that start; on two cores as many again can wait beside them.
    maxWorkers: 4,
    // A file's modules are the next one's: to load them anew for each takes half of the time of all tests together.
    isolate: false,
    globalSetup: "test/run-folder.ts",
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
    // grpc-js writes lines of its own to stderr; what fails is told by the tests.
    env: { GRPC_VERBOSITY: "NONE" },
    projects: [
      { extends: true, test: { name: "simulation", include: [ALONE], sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: "all else",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ALONE],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
