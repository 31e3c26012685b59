import { type Found, plausibleTime } from "@duolog/contract";
import { initialState, translate } from "../translate/index.ts";
import {
  eventOfMessage,
  eventOfPart,
  eventOfRow,
  eventOfSession,
  isWaiting,
  type PastEvent,
  subjectsOf,
} from "./opencodeEvents.ts";
import type { Row } from "./row.ts";
import type { ContentRow, SessionRows } from "./store.ts";
import { Translation } from "./translation.ts";
import { readSessionV2 } from "./v2/readSessionV2.ts";

/** A row that was written so long after its last event holds what no event tells, ms. */
const MAX_BEHIND = 60_000;

/**
 * All that a store holds of a session, by the plugin's own translation: its events, then what has
 * none; then what OpenCode 2 has of it. Throws like the rows.
 * @param now epoch ms
 */
export function* readSession(rows: SessionRows, now: number): Generator<Found> {
  yield* new PastSession(rows, now).read();
  if (rows.v2) yield* readSessionV2(rows.v2);
  yield { records: [], unreadable: [...rows.unreadable()] };
}

class PastSession {
  readonly #rows: SessionRows;
  readonly #now: number;
  readonly #translation = new Translation({ initialState, translate });
  /** When an event last told of a session, message or part, by its id. */
  readonly #told = new Map<string, number>();

  constructor(rows: SessionRows, now: number) {
    this.#rows = rows;
    this.#now = now;
  }

  *read(): Generator<Found> {
    const sessions = [...this.#rows.sessions()];
    yield* this.#readEvents(plausibleTime(sessions[0]?.time_created) ?? 0);
    for (const row of sessions) {
      if (!this.#isTold(row.id, row.time_updated)) yield this.#take(row, eventOfSession(row));
    }
    for (const content of this.#rows.content((id, writtenAt) => this.#isTold(id, writtenAt))) {
      if (!this.#isKnown(content)) yield this.#take(content.row, eventOf(content));
    }
  }

  *#readEvents(since: number): Generator<Found> {
    let near = since;
    for (const row of this.#rows.events()) {
      const past = eventOfRow(row, near, this.#now);
      if (typeof past !== "string") {
        near = past.at;
        for (const id of subjectsOf(past.event)) this.#told.set(id, past.at);
      }
      yield this.#take(row, past);
    }
  }

  #isKnown({ table, row }: ContentRow): boolean {
    return this.#isTold(row.id, row.time_updated) && !(table === "part" && isWaiting(row));
  }

  #isTold(id: unknown, writtenAt: unknown): boolean {
    const told = this.#told.get(String(id));
    return told !== undefined && (plausibleTime(writtenAt) ?? 0) <= told + MAX_BEHIND;
  }

  #take(row: Row, past: PastEvent | string): Found {
    return this.#translation.take(row, typeof past === "string" ? past : [past]);
  }
}

function eventOf({ table, row }: ContentRow): PastEvent | string {
  return table === "message" ? eventOfMessage(row) : eventOfPart(row);
}
