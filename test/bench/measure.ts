import { spawnSync } from "node:child_process";
import type { Sides } from "./figure.ts";

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (below === undefined || above === undefined) throw new Error("nothing was measured");
  return (below + above) / 2;
}

/** The value that a share `p` of them do not exceed. */
export function quantile(values: number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

/** Medians of the sides, of the differences within each round, and of the ratios within each. */
export interface Interleaved {
  sides: Sides;
  difference: number;
  ratio: number;
}

/**
 * Measures both sides once a round, in turns of order, after one round that does not count: what
 * else the machine does meanwhile meets both alike.
 */
export async function interleave(
  rounds: number,
  measured: () => number | Promise<number>,
  floor: () => number | Promise<number>,
): Promise<Interleaved> {
  const pairs: Sides[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = round % 2 === 0 ? await inOrder(measured, floor) : await inOrder(floor, measured);
    const [a, b] = round % 2 === 0 ? pair : [pair[1], pair[0]];
    if (round > 0) pairs.push({ measured: a, floor: b });
  }
  return {
    sides: {
      measured: median(pairs.map((pair) => pair.measured)),
      floor: median(pairs.map((pair) => pair.floor)),
    },
    difference: median(pairs.map((pair) => pair.measured - pair.floor)),
    ratio: median(pairs.map((pair) => pair.measured / pair.floor)),
  };
}

async function inOrder(
  first: () => number | Promise<number>,
  second: () => number | Promise<number>,
): Promise<[number, number]> {
  const value = await first();
  return [value, await second()];
}

/** Wall time of a program that must end well, from before its start to after its end, ms. */
export function programTime(
  file: string,
  args: string[],
  setting: { env: Record<string, string>; cwd?: string; stdin?: number },
): number {
  const { env, cwd, stdin } = setting;
  const began = performance.now();
  const { status, error } = spawnSync(file, args, {
    env,
    cwd,
    stdio: [stdin ?? "ignore", "ignore", "inherit"],
    timeout: 60_000,
  });
  const time = performance.now() - began;
  if (status !== 0) throw error ?? new Error(`${file} ${args.join(" ")}: ${status}`);
  return time;
}

/** Wall time of a call, ms. */
export async function callTime(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await call();
  return performance.now() - began;
}
