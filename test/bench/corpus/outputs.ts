import { LINES, sceneOf } from "./lines.ts";
import { below, normal, pick, type Random, randomOf } from "./random.ts";

/** The share of outputs that are an earlier one over again: the same file read, the same test run. */
const REPEATED = 0.4;
/** Log-normal: median 0.8 KB, p90 4.3 KB, p99 19 KB with the huge ones. */
const MEDIAN = 800;
const SIGMA = 1.31;
/** One in five hundred has 100 to 500 KB. */
const HUGE = 0.002;

/** The n-th output of a sender: nothing but what the two say is in it, so any process can make it. */
export function outputOf(sender: string, n: number): string {
  const random = randomOf(`${sender} ${n}`);
  if (n > 0 && random() < REPEATED) return outputOf(sender, below(random, n));
  return linesOf(random, sizeOf(random));
}

/** In UTF-16 units, which are bytes but for a few. */
function sizeOf(random: Random): number {
  if (random() < HUGE) return 100_000 + below(random, 400_000);
  return Math.max(1, Math.round(MEDIAN * Math.exp(SIGMA * normal(random))));
}

function linesOf(random: Random, size: number): string {
  const line = pick(random, LINES);
  const scene = sceneOf(random);
  let text = "";
  for (let n = 0; text.length < size; n += 1) text += `${line(random, scene, n)}\n`;
  return text.slice(0, size);
}
