import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    testTimeout: 20_000,
    passWithNoTests: false,
    // grpc-js writes lines of its own to stderr; what fails is told by the tests.
    env: { GRPC_VERBOSITY: "NONE" },
  },
});
