import { type Found, masked } from "./found.ts";
import type { Scanner } from "./Scanner.ts";

/** One text gets at most so much of the time, ms: one that is hostile takes no other along. */
const TEXT_MS = 1_000;
/** Texts that are scanned at once, and how long they are together, UTF-16 units. */
const BATCH = { texts: 500, length: 64_000 };

/** How texts are masked. */
export interface MaskOptions {
  /** For all texts together, ms. */
  deadlineMs: number;
  /** For one text, ms; where nothing is said, a second. */
  textMs?: number;
}

/**
 * The texts with `[redacted:<kind>]` in place of each secret, before anything is cut off them; null in
 * place of one that could not be scanned in time, of which nothing may leave then. The shortest are
 * scanned first. Rejects as Scanner.find does.
 */
export async function mask(
  scanner: Scanner,
  texts: readonly string[],
  { deadlineMs, textMs = TEXT_MS }: MaskOptions,
): Promise<(string | null)[]> {
  const end = performance.now() + deadlineMs;
  const limit = () => Math.min(textMs, end - performance.now());
  const clean = new Map<string, string | null>();
  const inOrder = [...new Set(texts)].sort((a, b) => a.length - b.length);
  for (const batch of batchesOf(inOrder)) {
    const found = await findEach(scanner, batch, limit);
    for (const [i, text] of batch.entries()) {
      const secrets = found[i] ?? null;
      clean.set(text, secrets === null ? null : masked(text, secrets));
    }
  }
  return texts.map((text) => clean.get(text) ?? null);
}

/** All at once, and each by itself where one of them takes too long. */
async function findEach(
  scanner: Scanner,
  texts: string[],
  limit: () => number,
): Promise<(Found[] | null)[]> {
  const together = await scanner.findAll(texts, limit());
  if (together !== null || texts.length === 1) return together ?? [null];
  const found: (Found[] | null)[] = [];
  for (const text of texts) found.push(await scanner.find(text, limit()));
  return found;
}

function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const last = batches.at(-1);
    if (last && last.length < BATCH.texts && length + text.length <= BATCH.length) {
      last.push(text);
      length += text.length;
    } else {
      batches.push([text]);
      length = text.length;
    }
  }
  return batches;
}
