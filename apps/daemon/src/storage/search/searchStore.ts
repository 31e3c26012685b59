import { databaseIdentity } from "@duolog/client/local";
import type { ChildKind, SearchScope } from "@duolog/contract";
import type { Searched } from "../../core/search/documents.ts";
import { derivedFileOf, removeDerived } from "../derived/derivedFile.ts";
import type { Connection } from "../record/connection.ts";
import { type FoundRow, readFoundRows, readFoundTexts } from "./foundRows.ts";
import { SearchIndex } from "./searchIndex.ts";

/** The index of a record, and what its answers are made of. */
export interface SearchStore {
  /** Opens the index, or begins one; `lastChange` is the record's. Throws as SQLite and fs do. */
  open(lastChange: number): SearchIndex;
  /** Throws the index away, which nobody may have open. Throws like fs. */
  remove(): void;
  /** The record's rows of these keys. Rejects with StorageError. */
  rows(kind: ChildKind, keys: number[]): Promise<FoundRow[]>;
  /** What of a scope is searched in these rows, by their keys. Rejects with StorageError. */
  texts(scope: SearchScope, kind: ChildKind, keys: number[]): Promise<Map<number, Searched>>;
}

/** The store of an open record; `lastChange` is what its last change was when it was opened. */
export function createSearchStore(
  database: string,
  connection: Connection,
  lastChange: number,
): SearchStore {
  const file = derivedFileOf(database, "search.db");
  return {
    open(now) {
      const belonging = { record: databaseIdentity(database) ?? "", lastChange };
      return new SearchIndex(file, belonging, connection, now);
    },
    remove: () => removeDerived(file),
    rows: (kind, keys) => readFoundRows(connection, kind, keys),
    texts: (scope, kind, keys) => readFoundTexts(connection, scope, kind, keys),
  };
}
