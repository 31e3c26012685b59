import { type IngestRecord, plausibleTime } from "@duolog/contract";
import { initialState, type State, translate } from "../translate/index.ts";
import {
  type OpencodeDatabase,
  type OpencodeRow,
  openOpencodeDatabase,
} from "./opencodeDatabase.ts";
import {
  eventOfMessage,
  eventOfPart,
  eventOfRow,
  eventOfSession,
  isWaiting,
  type PastEvent,
  subjectsOf,
} from "./opencodeEvents.ts";

/** Of what can't be read, this much is kept, in UTF-16 units of JSON. */
const MAX_RAW = 64 * 1024;

/** What one row of the database gives. */
export interface Past {
  records: IngestRecord[];
  /** What gives no record: the row, or its beginning, and why. */
  unreadable: { raw: unknown; reason: string }[];
}

/**
 * All that OpenCode's own database holds, by the plugin's own translation. Throws NotOpencodeError
 * where it is none.
 * @param copy a copy of the database that nobody else uses
 * @param now epoch ms
 */
export function* readStore(copy: string, now: number): Generator<Past> {
  const database = openOpencodeDatabase(copy);
  try {
    for (const id of database.sessionIds()) yield* new PastSession(database, id, now).read();
  } finally {
    database.close();
  }
}

/** One session: its events, then what has none. */
class PastSession {
  readonly #database: OpencodeDatabase;
  readonly #id: string;
  readonly #now: number;
  #state: State = initialState;
  /** The ids of sessions, messages and parts that events told of. */
  readonly #told = new Set<string>();

  constructor(database: OpencodeDatabase, id: string, now: number) {
    this.#database = database;
    this.#id = id;
    this.#now = now;
  }

  *read(): Generator<Past> {
    const row = this.#database.session(this.#id);
    yield* this.#readEvents(plausibleTime(row?.time_created) ?? 0);
    if (row && !this.#told.has(this.#id)) yield this.#take(row, eventOfSession(row));
    for (const message of this.#database.messages(this.#id)) yield* this.#readMessage(message);
  }

  *#readEvents(since: number): Generator<Past> {
    let near = since;
    for (const row of this.#database.events(this.#id)) {
      const past = eventOfRow(row, near, this.#now);
      if (typeof past !== "string") {
        near = past.at;
        for (const id of subjectsOf(past.event)) this.#told.add(id);
      }
      yield this.#take(row, past);
    }
  }

  *#readMessage(row: OpencodeRow): Generator<Past> {
    const id = String(row.id);
    if (!this.#told.has(id)) yield this.#take(row, eventOfMessage(row));
    for (const part of this.#database.parts(id)) {
      const isTold = this.#told.has(String(part.id)) && !isWaiting(part);
      if (!isTold) yield this.#take(part, eventOfPart(part));
    }
  }

  #take(row: OpencodeRow, past: PastEvent | string): Past {
    const found: Past = { records: [], unreadable: [] };
    const unreadable = (reason: string) => found.unreadable.push({ raw: beginning(row), reason });
    if (typeof past === "string") {
      unreadable(past);
      return found;
    }
    // An event without an id is numbered by the state: here always the same, for a second import.
    const [next, results] = translate({ ...this.#state, seq: 0 }, past.event, past.at);
    this.#state = next;
    for (const result of results) {
      if (result.kind === "rejected") unreadable(result.reason);
      else found.records.push(result);
    }
    return found;
  }
}

function beginning(row: OpencodeRow): unknown {
  const json = JSON.stringify(row);
  return json.length > MAX_RAW ? json.slice(0, MAX_RAW) : row;
}
