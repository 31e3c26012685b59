import { expect, test } from "vitest";
import { Lookouts } from "../../src/lifecycle/heal/lookouts.ts";

const DELAYS = { delayMs: 15_000, soonMs: 1_000 };

test("what comes at leisure is looked at together, so long after the first of it", () => {
  const lookouts = new Lookouts(DELAYS);
  expect(lookouts.nextAt).toBe(null);
  lookouts.add(["a"], 100);
  lookouts.add(["b"], 10_000);
  lookouts.add(null, 12_000);
  expect(lookouts.nextAt).toBe(15_100);
  expect(lookouts.take(15_099)).toEqual({ named: [], known: false, live: false });
  expect(lookouts.take(15_100)).toEqual({ named: ["a", "b"], known: true, live: false });
  expect(lookouts.nextAt).toBe(null);
});

test("what is wanted soon does not wait for the rest, nor take it along", () => {
  const lookouts = new Lookouts(DELAYS);
  lookouts.add(["a"], 0);
  lookouts.addSoon(["b", "c"], 200);
  expect(lookouts.nextAt).toBe(1_200);
  expect(lookouts.take(1_200)).toEqual({ named: ["b", "c"], known: false, live: false });
  expect(lookouts.nextAt).toBe(15_000);
});

test("a session that is busy is looked at once in three seconds, the last of it within four", () => {
  const lookouts = new Lookouts(DELAYS);
  const looks: number[] = [];
  for (let now = 0; now <= 10_000; now += 100) {
    if (now <= 5_000) lookouts.addSoon(["a"], now);
    if ((lookouts.nextAt ?? Number.POSITIVE_INFINITY) > now) continue;
    expect(lookouts.take(now)).toEqual({ named: ["a"], known: false, live: false });
    looks.push(now);
  }
  expect(looks).toEqual([1_000, 4_000, 7_000]);
});

test("a session that is busy does not hold up another", () => {
  const lookouts = new Lookouts(DELAYS);
  lookouts.addSoon(["a"], 0);
  lookouts.take(1_000);
  lookouts.addSoon(["a", "b"], 1_500);
  expect(lookouts.take(2_500)).toEqual({ named: ["b"], known: false, live: false });
  expect(lookouts.nextAt).toBe(4_000);
});

test("many sessions are not named: all that changed are read", () => {
  const lookouts = new Lookouts(DELAYS);
  lookouts.addSoon(
    Array.from({ length: 51 }, (_, i) => `s${i}`),
    0,
  );
  expect(lookouts.take(1_000)).toEqual({ named: [], known: true, live: true });
});

test("all are looked at soon where somebody asks for it, but not again before it is time at leisure", () => {
  const lookouts = new Lookouts(DELAYS);
  lookouts.add(null, 0);
  lookouts.addAllSoon(100);
  expect(lookouts.nextAt).toBe(1_100);
  expect(lookouts.take(1_100)).toEqual({ named: [], known: true, live: true });
  lookouts.addAllSoon(2_000);
  expect(lookouts.nextAt).toBe(16_100);
  expect(lookouts.take(16_100)).toEqual({ named: [], known: true, live: true });
});
