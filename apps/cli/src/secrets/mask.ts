import { masked } from "./found.ts";
import type { Scanner } from "./Scanner.ts";

/** One text gets at most so much of the time, ms: one that is hostile takes no other along. */
const TEXT_MS = 1_000;

/** How texts are masked. */
export interface MaskOptions {
  /** For all texts together, ms. */
  deadlineMs: number;
}

/**
 * The texts with `[redacted:<kind>]` in place of each secret, before anything is cut off them; null in
 * place of one that could not be scanned in time, of which nothing may leave then. The shortest are
 * scanned first. Rejects as Scanner.find does.
 */
export async function mask(
  scanner: Scanner,
  texts: readonly string[],
  { deadlineMs }: MaskOptions,
): Promise<(string | null)[]> {
  const end = performance.now() + deadlineMs;
  const clean = new Map<string, string | null>();
  for (const text of [...new Set(texts)].sort((a, b) => a.length - b.length)) {
    const found = await scanner.find(text, Math.min(TEXT_MS, end - performance.now()));
    clean.set(text, found === null ? null : masked(text, found));
  }
  return texts.map((text) => clean.get(text) ?? null);
}
