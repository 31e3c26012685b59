import { plausibleTime } from "@duolog/contract";

/** When a value was observed: epoch ms, then a sequence given once at capture. */
export type Stamp = readonly [at: number, seq: number];

/** Before every observation. */
export const NEVER: Stamp = [0, 0];

/** What a row tells of when it was observed. Times are epoch ms. */
interface Observed {
  observedAt?: unknown;
  observedSeq?: unknown;
  updatedAt?: unknown;
  createdAt?: unknown;
}

/**
 * A row's latest observation. One from before stamps were kept was observed when it was last
 * changed, as far as it tells; one that tells nothing, never.
 */
export function stampOfRow(row: Observed): Stamp {
  const at = row.observedAt ?? plausibleTime(row.updatedAt) ?? plausibleTime(row.createdAt);
  return [Number(at ?? 0), Number(row.observedSeq ?? 0)];
}

/** Below 0 where `a` is the earlier one. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** The later of the two; `a` where they are equal. */
export function laterStamp(a: Stamp, b: Stamp): Stamp {
  return compareStamps(a, b) >= 0 ? a : b;
}

/** The stamps of a row's fields that differ from the row's own, its latest. */
export type FieldStamps = Record<string, Stamp>;

/** Reads what `formatStamps` made; what is damaged of it counts as none. */
export function parseStamps(json: string | null): FieldStamps {
  if (!json) return {};
  try {
    const entries = Object.entries(JSON.parse(json) ?? {});
    return Object.fromEntries(
      entries.filter((entry): entry is [string, Stamp] => isStamp(entry[1])),
    );
  } catch {
    return {};
  }
}

function isStamp(value: unknown): value is Stamp {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}

/** The text that is stored: null where no field differs; keys sorted, so that equal is equal text. */
export function formatStamps(stamps: FieldStamps, rowStamp: Stamp): string | null {
  const own = Object.entries(stamps)
    .filter(([, stamp]) => compareStamps(stamp, rowStamp) !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return own.length ? JSON.stringify(Object.fromEntries(own)) : null;
}
