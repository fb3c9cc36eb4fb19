import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // Most of what takes long waits for processes that start; on two cores as many again can wait beside them.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
    // grpc-js writes lines of its own to stderr; what fails is told by the tests.
    env: { GRPC_VERBOSITY: "NONE" },
  },
});
