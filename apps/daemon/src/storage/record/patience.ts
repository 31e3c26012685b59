import { setTimeout } from "node:timers/promises";
import { isBusy } from "../storageError.ts";

/** How long another program may hold the file, and how often that is looked at, ms. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 100;

/** Rejects with what `run` threw last. */
export type Patience = <T>(run: () => Promise<T>) => Promise<T>;

/**
 * Tries again while another program holds the file. The patience is that of all that is run
 * together: once it is gone each is tried once, so that nobody waits for the others' waits too.
 */
export function createPatience(): Patience {
  let lockedSince: number | null = null;
  return async (run) => {
    for (;;) {
      try {
        const result = await run();
        lockedSince = null;
        return result;
      } catch (error) {
        if (!isBusy(error)) throw error;
        lockedSince ??= performance.now();
        if (performance.now() - lockedSince >= PATIENCE_MS) throw error;
        await setTimeout(RETRY_MS);
      }
    }
  };
}
