import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from "@duolog/contract";
import type { Health, HealthReporter } from "@duolog/contract/server";
import type { Reads, Totals } from "../storage/reads.ts";
import { answering } from "./readService.ts";

export interface HealthOptions {
  storage: Reads;
  /** Number of the last change: the rows are counted again only after another. */
  lastChange: () => number;
  /** Files in `rejected/`. */
  rejected: () => number;
  about: Pick<Health, "version" | "pid" | "startedAt" | "dataDir">;
}

/** The daemon about itself. */
export function createHealthService(options: HealthOptions): HealthReporter {
  const { storage, lastChange, rejected, about } = options;
  let counted: { at: number; rows: Totals } | null = null;

  async function rows(): Promise<Totals> {
    const at = lastChange();
    if (counted?.at !== at) counted = { at, rows: await answering(() => storage.rows()) };
    return counted.rows;
  }

  return {
    health: async () => ({
      ...about,
      protocol: PROTOCOL_VERSION,
      oldestProtocol: OLDEST_PROTOCOL_VERSION,
      ...(await rows()),
      rejected: rejected(),
    }),
  };
}
