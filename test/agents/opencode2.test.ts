import { describe, inject } from "vitest";
import { hostScenarios } from "../opencode2/scenarios.ts";

const others = inject("others");

/** OpenCode 2 runs in Bun; `npm test` plays the same in Node. */
describe.skipIf(others === null)("its runtime", () => {
  hostScenarios("Bun", others?.bun ?? "");
});
