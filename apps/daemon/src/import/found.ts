import type { IngestRecord } from "@duolog/contract";

/** Something in an imported file that gives no record. */
export interface Unreadable {
  /** As it stands in the file, or its beginning. */
  raw: unknown;
  reason: string;
}

/** What a piece of an imported file holds. */
export interface Found {
  records: IngestRecord[];
  unreadable: Unreadable[];
}
