import { expect, test } from "vitest";
import { pauseAfter } from "../../src/forwarder/pace.ts";

test.each([
  { sinceNews: 0, cpuMs: 1, pause: 250, why: "something happens, and looks are cheap" },
  { sinceNews: 20_000, cpuMs: 1, pause: 1_000, why: "nothing happens" },
  { sinceNews: 0, cpuMs: 100, pause: 900, why: "a tenth of a processor at most" },
  { sinceNews: 20_000, cpuMs: 200, pause: 1_800, why: "also while nothing happens" },
  { sinceNews: 0, cpuMs: 60_000, pause: 5_000, why: "a long transcript was read" },
])("waits $pause ms: $why", ({ sinceNews, cpuMs, pause }) => {
  expect(pauseAfter(sinceNews, cpuMs)).toBe(pause);
});
