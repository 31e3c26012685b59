import { plausibleTime } from "@duolog/contract";
import { initialState, type State, translate } from "@duolog/opencode-plugin/translate";
import {
  type OpencodeDatabase,
  type OpencodeRow,
  openOpencodeDatabase,
} from "../storage/opencodeDatabase.ts";
import type { Found } from "./found.ts";
import { fromCopy } from "./fromCopy.ts";
import {
  eventOfMessage,
  eventOfPart,
  eventOfRow,
  eventOfSession,
  type PastEvent,
  subjectsOf,
} from "./opencodeEvents.ts";

/** Of what can't be read, this much is kept, in UTF-16 units of JSON. */
const MAX_RAW = 64 * 1024;

/** What is imported, and by way of where. */
export interface ReadOpencodeOptions {
  /** OpenCode's database; it is not written to. */
  file: string;
  /** A directory of ours in which a copy of it has room. */
  scratch: string;
  /** Epoch ms. */
  now: number;
}

/**
 * All that OpenCode's own database holds, by the plugin's own translation. Throws StorageRefusal
 * where it is none.
 */
export function readOpencode({ file, scratch, now }: ReadOpencodeOptions): AsyncGenerator<Found> {
  return fromCopy(file, scratch, function* (copy) {
    const database = openOpencodeDatabase(copy, file);
    try {
      for (const id of database.sessionIds()) yield* new PastSession(database, id, now).read();
    } finally {
      database.close();
    }
  });
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

  *read(): Generator<Found> {
    const row = this.#database.session(this.#id);
    yield* this.#readEvents(plausibleTime(row?.time_created) ?? 0);
    if (row && !this.#told.has(this.#id)) yield this.#take(row, eventOfSession(row));
    for (const message of this.#database.messages(this.#id)) yield* this.#readMessage(message);
  }

  *#readEvents(since: number): Generator<Found> {
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

  *#readMessage(row: OpencodeRow): Generator<Found> {
    const id = String(row.id);
    if (!this.#told.has(id)) yield this.#take(row, eventOfMessage(row));
    for (const part of this.#database.parts(id)) {
      if (!this.#told.has(String(part.id))) yield this.#take(part, eventOfPart(part));
    }
  }

  #take(row: OpencodeRow, past: PastEvent | string): Found {
    const found: Found = { records: [], unreadable: [] };
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
