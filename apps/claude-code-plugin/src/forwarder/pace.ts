/** Between looks at inbox and transcripts, ms: for BUSY_FOR after something happened, and later. */
const BUSY_PAUSE = 250;
const IDLE_PAUSE = 1_000;
const BUSY_FOR = 10_000;
/** A look that took much of a processor is followed by a pause of so many times that. */
const REST = 9;
/** A record is never held back for longer than this. */
const LONGEST_PAUSE = 5_000;

/**
 * How long to wait before the next look, ms: short while something happens, and never so short
 * that the looks themselves take more than a tenth of a processor (a session may have thousands of
 * sub-agents).
 * @param sinceNews since something happened, ms
 * @param cpuMs processor time that the last look took, ms
 */
export function pauseAfter(sinceNews: number, cpuMs: number): number {
  const usual = sinceNews < BUSY_FOR ? BUSY_PAUSE : IDLE_PAUSE;
  return Math.max(usual, Math.min(REST * cpuMs, LONGEST_PAUSE));
}
