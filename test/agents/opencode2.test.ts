import { describe, inject } from "vitest";
import { hostScenarios } from "../opencode2/scenarios.ts";
import { storeScenarios } from "../opencode2/storeScenarios.ts";

const others = inject("others");

/** OpenCode 2 runs in Bun; `npm test` plays the same in Node. */
describe.skipIf(others === null)("its runtime", () => {
  hostScenarios("Bun", others?.bun ?? "");
  storeScenarios("Bun", others?.bun ?? "");
});
