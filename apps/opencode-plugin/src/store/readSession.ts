import { type Found, type IngestRecord, plausibleTime, type Unreadable } from "@duolog/contract";
import { initialState, type State, translate, unknownTypes } from "../translate/index.ts";
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

/** A row that was written so long after its last event holds what no event tells, ms. */
const MAX_BEHIND = 60_000;
/** Of what can't be read, this much is kept, in UTF-16 units of JSON. */
const MAX_RAW = 64 * 1024;

/**
 * All that a store holds of a session, by the plugin's own translation: its events, then what has
 * none. Throws like the rows.
 * @param now epoch ms
 */
export function readSession(rows: SessionRows, now: number): Generator<Found> {
  return new PastSession(rows, now).read();
}

class PastSession {
  readonly #rows: SessionRows;
  readonly #now: number;
  #state: State = initialState;
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
    yield { records: [], unreadable: [...this.#rows.unreadable()] };
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
    const records: IngestRecord[] = [];
    const unreadable: Unreadable[] = [];
    const fail = (reason: string) => unreadable.push({ raw: beginning(row), reason });
    if (typeof past === "string") {
      fail(past);
      return { records, unreadable };
    }
    // An event without an id is numbered by the state: here always the same, for a second import.
    const [next, results] = translate({ ...this.#state, seq: 0 }, past.event, past.at);
    this.#state = next;
    for (const result of results) {
      if (result.kind === "rejected") fail(result.reason);
      else records.push(result);
    }
    return { records, unreadable, unknown: unknownTypes(past.event) };
  }
}

function eventOf({ table, row }: ContentRow): PastEvent | string {
  return table === "message" ? eventOfMessage(row) : eventOfPart(row);
}

/** A row as it is told of where it can't be read. */
export function beginning(row: Row): unknown {
  const json = JSON.stringify(row);
  return json.length > MAX_RAW ? json.slice(0, MAX_RAW) : row;
}
