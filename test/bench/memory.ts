import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Row } from "./figure.ts";
import { median } from "./measure.ts";
import { peakBytes, pidOf } from "./proc.ts";

/** How often a process is looked at, ms. */
const LOOK_MS = 20;

/** Resolves at a process's end with the most memory that it held, bytes. Rejects where it ends with a failure. */
export async function peakUntilEnd(child: ChildProcess, what: string): Promise<number> {
  const ended = once(child, "exit");
  let peak = 0;
  while (child.exitCode === null) {
    peak = Math.max(peak, peakBytes(pidOf(child)) ?? 0);
    await Promise.race([ended, sleep(LOOK_MS)]);
  }
  if (child.exitCode !== 0) throw new Error(`${what} failed`);
  return peak;
}

/** A row about the most memory of several runs, bytes; `most` is in MB. */
export function memoryRow(what: string, peaks: number[], most: number): Row {
  const megabytes = median(peaks) / 1e6;
  return {
    what,
    measured: `${megabytes.toFixed(0)} MB`,
    floor: "–",
    ratio: "",
    reach: `≤ ${most} MB`,
    met: megabytes <= most,
  };
}
