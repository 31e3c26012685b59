import type { Kind } from "@duolog/contract";
import { maskRows } from "../../secrets/maskRows.ts";
import type { Scanner } from "../../secrets/Scanner.ts";

/** What one text may take, and all of a page, ms. */
const LIMITS = { textMs: 5_000, deadlineMs: 60_000 };

/** Makes rows fit to leave. */
export interface Cleaning {
  rows<T extends object>(kind: Kind, rows: T[]): Promise<T[]>;
  /** Texts left out so far, because they could not be scanned. */
  leftOut(): number;
}

/** In all texts `[redacted:<kind>]` stands in place of each secret. Rejects as Scanner.find does. */
export function masking(scanner: Scanner, limits = LIMITS): Cleaning {
  let leftOut = 0;
  return {
    async rows(kind, rows) {
      const masked = await maskRows(scanner, kind, rows, limits);
      leftOut += masked.leftOut;
      return masked.rows;
    },
    leftOut: () => leftOut,
  };
}

/** As they are. */
export const RAW: Cleaning = { rows: async (_kind, rows) => rows, leftOut: () => 0 };
