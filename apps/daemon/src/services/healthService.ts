import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from "@duolog/contract";
import type { Health, HealthReporter } from "@duolog/contract/server";
import type { Reads, Totals } from "../storage/record/reads.ts";
import { answering } from "./readService.ts";

/** Where the figures come from. */
export interface HealthOptions {
  storage: Reads;
  /** Number of the last change. */
  lastChange: () => number;
  /** Files in `rejected/`. */
  rejected: () => number;
  about: Pick<Health, "version" | "pid" | "startedAt" | "dataDir">;
}

/** The daemon about itself. */
export function createHealthService(options: HealthOptions): HealthReporter {
  const { storage, lastChange, rejected, about } = options;
  let counted: { at: number; totals: Promise<Totals> } | null = null;

  /** Counted again only after a change, once for all who ask meanwhile. */
  function totals(): Promise<Totals> {
    const at = lastChange();
    if (counted?.at === at) return counted.totals;
    const counting = answering(() => storage.totals());
    counted = { at, totals: counting };
    counting.catch(() => {
      counted = null;
    });
    return counting;
  }

  return {
    health: async () => ({
      ...about,
      protocol: PROTOCOL_VERSION,
      oldestProtocol: OLDEST_PROTOCOL_VERSION,
      ...(await totals()),
      rejected: rejected(),
    }),
  };
}
