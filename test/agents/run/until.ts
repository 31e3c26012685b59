import { setTimeout as sleep } from "node:timers/promises";

/** How long something may take that is waited for, ms. */
const LIMIT_MS = 120_000;

/**
 * Looks until there is something to see, and returns it.
 * @param what what is waited for, in the words of the error
 * @throws where it does not come in two minutes, and whatever `look` throws
 */
export async function until<T>(what: string, look: () => T | null | Promise<T | null>): Promise<T> {
  for (const begun = Date.now(); Date.now() - begun < LIMIT_MS; await sleep(50)) {
    const seen = await look();
    if (seen !== null) return seen;
  }
  throw new Error(`waited in vain: ${what}`);
}
