import { defineConfig } from "vitest/config";

/** Tests that measure: nothing else runs beside them. */
const MEASURING = ["test/faults/peers.test.ts"];

/**
 * CI's machine is shared, and for minutes at a time slower by half: what only came too late then comes
 * in time when it is tried again, and what is wrong fails again. The report names each that was.
 */
const retry = process.env.CI ? 2 : 0;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "suite",
          include: ["{packages,apps}/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/agents/**", ...MEASURING],
          testTimeout: 30_000,
          retry,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "measuring",
          include: MEASURING,
          testTimeout: 30_000,
          retry,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
