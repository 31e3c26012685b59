import { expect, test } from "vitest";
import { nextStep, PATIENCE_MS } from "../src/commands/serve/succession.ts";

test.each([
  { locked: false, running: null, own: "1.0.0", waitedMs: 0, step: "begin" },
  { locked: false, running: null, own: "1.0.0", waitedMs: 99_999, step: "begin" },
  { locked: true, running: null, own: "1.0.0", waitedMs: 0, step: "wait" },
  { locked: true, running: null, own: "1.0.0", waitedMs: PATIENCE_MS - 1, step: "wait" },
  { locked: true, running: null, own: "1.0.0", waitedMs: PATIENCE_MS, step: "give-up" },
  { locked: true, running: "1.0.0", own: "1.0.0", waitedMs: 0, step: "use" },
  { locked: true, running: "1.0.1", own: "1.0.0", waitedMs: 0, step: "use" },
  { locked: true, running: "1.0.0", own: "1.0.1", waitedMs: 0, step: "replace" },
  { locked: true, running: "1.0.0", own: "1.0.1", waitedMs: 99_999, step: "replace" },
  // It let go of the lock after it answered: it is ending.
  { locked: false, running: "1.0.0", own: "1.0.0", waitedMs: 0, step: "use" },
])("locked $locked, running $running, own $own, after $waitedMs ms: $step", (row) => {
  const { step, ...sighting } = row;
  expect(nextStep(sighting)).toBe(step);
});
