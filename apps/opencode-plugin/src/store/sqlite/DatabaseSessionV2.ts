import type { Row } from "../row.ts";
import type { MessageV2, RowsV2 } from "../store.ts";
import type { DatabaseFile } from "./DatabaseFile.ts";
import { pagesOf } from "./pages.ts";
import { copyOf, ownOfV2 } from "./rowsV2.ts";
import { type PlaceV2, TablesV2 } from "./TablesV2.ts";

/** The rows of one session in OpenCode 2's tables, less those that version 1's have. */
export class DatabaseSessionV2 implements RowsV2 {
  readonly session: Row | null;
  readonly #file: DatabaseFile;
  readonly #places: readonly PlaceV2[];

  /** Throws as DatabaseFile.look does, and so do its methods. */
  constructor(file: DatabaseFile, id: string) {
    this.#file = file;
    const { session, places, idsOfV1 } = this.#look((tables) => ({
      session: tables.session(id),
      places: tables.places(id),
      idsOfV1: tables.idsOfV1(id),
    }));
    this.session = session;
    this.#places = ownOfV2(places, idsOfV1);
  }

  /** True where they hold nothing that version 1's don't. */
  get isEmpty(): boolean {
    return this.session === null && this.#places.length === 0;
  }

  firstMove(): Row | null {
    const move = this.#places.find(({ type }) => type === "location-switched");
    return move ? (this.#look((tables) => tables.messages([move.id]))[0] ?? null) : null;
  }

  *messages(): Generator<MessageV2> {
    const { fork_session_id: origin } = this.session ?? {};
    const isFork = typeof origin === "string";
    const originIds = isFork ? this.#look((tables) => tables.idsBySeq(origin)) : new Map();
    for (const page of pagesOf(this.#places)) {
      const rows = this.#look((tables) => tables.messages(page.map(({ id }) => id)));
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const { id } of page) {
        const row = byId.get(id);
        if (row) yield { row, copy: isFork ? copyOf(row, originIds) : null };
      }
    }
  }

  #look<T>(read: (tables: TablesV2) => T): T {
    return this.#file.look((_tables, db) => read(new TablesV2(db)));
  }
}
