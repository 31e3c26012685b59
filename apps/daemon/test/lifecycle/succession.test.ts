import { expect, test } from "vitest";
import { compareVersions, nextStep, PATIENCE_MS } from "../../src/lifecycle/succession.ts";

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

test("versions in the order of semver.org §11", () => {
  const order = [
    "0.0.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.10",
    "1.2.0",
    "10.0.0",
  ];
  for (const [i, a] of order.entries()) {
    for (const [j, b] of order.entries()) {
      expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(i - j));
    }
  }
  expect(compareVersions("1.0.0+build.1", "1.0.0+build.2")).toBe(0);
});
