import type { Unreadable } from "@duolog/contract";
import { isDamage, problemOf } from "../problem.ts";
import type { Row } from "../row.ts";
import type { ContentRow, IsTold, SessionRows } from "../store.ts";
import type { DatabaseFile } from "./DatabaseFile.ts";
import { pagesOf } from "./pages.ts";
import type { ContentTable, Place, Tables } from "./Tables.ts";

/** The rows of one session in a database. Of damaged pages what lies on others is read. */
export class DatabaseSession implements SessionRows {
  readonly #file: DatabaseFile;
  readonly #id: string;
  readonly #broken: Unreadable[] = [];

  constructor(file: DatabaseFile, id: string) {
    this.#file = file;
    this.#id = id;
  }

  sessions(): Row[] {
    return this.#look("session", (tables) => tables.rows("session", [this.#id])) ?? [];
  }

  *events(): Generator<Row> {
    for (const [, row] of this.#read(this.#places("event"))) yield row;
  }

  *content(isTold: IsTold): Generator<ContentRow> {
    const places = inOrder(this.#places("message"), this.#places("part"));
    const told = new Set(places.filter(({ id, writtenAt }) => isTold(id, writtenAt)));
    const waiting = this.#waiting(told);
    const needed = places.filter((place) => !told.has(place) || waiting.has(place.id));
    for (const [table, row] of this.#read(needed)) {
      if (table !== "event") yield { table, row };
    }
  }

  unreadable(): readonly Unreadable[] {
    return this.#broken;
  }

  #places(table: ContentTable): Place[] {
    const places = this.#look(table, (tables) => tables.places(table, this.#id)) ?? [];
    // SQLite lets a key of text be NULL, and nobody can ask for such a row.
    return places.filter(({ id }) => id !== null || this.#fail(table, `${table}: no id`));
  }

  /** The ids of calls among the told parts that may wait. */
  #waiting(told: ReadonlySet<Place>): Set<unknown> {
    if (![...told].some(({ table }) => table === "part")) return new Set();
    return new Set(this.#look("part", (tables) => tables.mayWait(this.#id)));
  }

  *#read(places: readonly Place[]): Generator<[ContentTable, Row]> {
    for (const page of pagesOf(places)) yield* this.#readPage(page);
  }

  /** Rows that are gone meanwhile are left out. */
  *#readPage(page: readonly Place[]): Generator<[ContentTable, Row]> {
    const rows = this.#look(page.length === 1 ? page[0] : null, (tables) => rowsAt(tables, page));
    if (rows) yield* rows;
    else if (page.length > 1) for (const place of page) yield* this.#readPage([place]);
  }

  /** Null where pages are damaged; that is told of `what`, where it is not looked for once more. */
  #look<T>(what: unknown, read: (tables: Tables) => T): T | null {
    try {
      return this.#file.look(read);
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (what !== null) this.#fail(what, problemOf(error));
      return null;
    }
  }

  #fail(what: unknown, reason: string): false {
    this.#broken.push({ raw: { session: this.#id, what }, reason });
    return false;
  }
}

/** Each message followed by its parts; then those whose message is not there. */
function inOrder(messages: readonly Place[], parts: readonly Place[]): Place[] {
  const byMessage = new Map<string, Place[]>();
  for (const part of parts) {
    const known = byMessage.get(String(part.messageId));
    if (known) known.push(part);
    else byMessage.set(String(part.messageId), [part]);
  }
  const whole = messages.flatMap((message) => {
    const own = byMessage.get(String(message.id)) ?? [];
    byMessage.delete(String(message.id));
    return [message, ...own];
  });
  return [...whole, ...[...byMessage.values()].flat()];
}

function rowsAt(tables: Tables, page: readonly Place[]): [ContentTable, Row][] {
  const rows = new Map<string, Row>();
  for (const table of ["event", "message", "part"] as const) {
    const ids = page.filter((place) => place.table === table).map(({ id }) => id);
    for (const row of tables.rows(table, ids)) rows.set(`${table} ${row.id}`, row);
  }
  return page.flatMap(({ table, id }) => {
    const row = rows.get(`${table} ${id}`);
    return row ? [[table, row] as [ContentTable, Row]] : [];
  });
}
