import { plausibleTime } from "@duolog/contract";
import type { Row } from "../row.ts";

/** An event of OpenCode 2 as its plugins get it; without an id where no row says which it was. */
export interface EventV2 {
  readonly id?: string;
  readonly type: string;
  /** Epoch ms. */
  readonly created: number;
  readonly data: Row;
}

/** A row of `session_message`, and what its JSON holds. */
export interface Stored {
  readonly row: Row;
  readonly data: Row;
  readonly sessionID: unknown;
  /** When it was begun, and last written, epoch ms. */
  readonly created: number;
  readonly updated: number;
}

/** OpenCode names a row that an event made after the event. */
export function eventIdOf(rowId: unknown): string {
  return String(rowId).replace(/^msg_/, "evt_");
}

/** The first of these that is a time; 0 where none is. */
export function timeOf(...values: unknown[]): number {
  for (const value of values) {
    const time = plausibleTime(value);
    if (time) return time;
  }
  return 0;
}

/** A value as it is told: what a column or a field has none of is not there. */
export function known(fields: Row): Row {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}
