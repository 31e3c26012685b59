import { expect, test } from "vitest";
import { compareVersions } from "../../src/local/processes/compareVersions.ts";

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
