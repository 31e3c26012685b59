import { defineConfig } from "vitest/config";

/** Proof with the real programs; `npm run test:agents`. Needs a build. */
export default defineConfig({
  test: {
    include: ["test/agents/**/*.test.ts"],
    globalSetup: ["test/agents/globalSetup.ts"],
    testTimeout: 600_000,
    hookTimeout: 180_000,
    teardownTimeout: 10_000,
    maxWorkers: 2,
  },
});
