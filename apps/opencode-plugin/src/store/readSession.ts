import { type Found, type IngestRecord, plausibleTime, type Unreadable } from "@duolog/contract";
import { initialState, type State, translate } from "../translate/index.ts";
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
  /** The ids of sessions, messages and parts that events told of. */
  readonly #told = new Set<string>();

  constructor(rows: SessionRows, now: number) {
    this.#rows = rows;
    this.#now = now;
  }

  *read(): Generator<Found> {
    const sessions = [...this.#rows.sessions()];
    yield* this.#readEvents(plausibleTime(sessions[0]?.time_created) ?? 0);
    for (const row of sessions) {
      if (!this.#told.has(String(row.id))) yield this.#take(row, eventOfSession(row));
    }
    for (const content of this.#rows.content((id) => this.#told.has(id))) {
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
        for (const id of subjectsOf(past.event)) this.#told.add(id);
      }
      yield this.#take(row, past);
    }
  }

  #isKnown({ table, row }: ContentRow): boolean {
    return this.#told.has(String(row.id)) && !(table === "part" && isWaiting(row));
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
    return { records, unreadable };
  }
}

function eventOf({ table, row }: ContentRow): PastEvent | string {
  return table === "message" ? eventOfMessage(row) : eventOfPart(row);
}

function beginning(row: Row): unknown {
  const json = JSON.stringify(row);
  return json.length > MAX_RAW ? json.slice(0, MAX_RAW) : row;
}
