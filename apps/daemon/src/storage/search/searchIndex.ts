import { statSync } from "node:fs";
import { SEARCH_SCOPES, type SearchScope } from "@duolog/contract";
import type Database from "libsql";
import { type Belonging, openDerived } from "../derived/derivedFile.ts";
import type { Connection } from "../record/connection.ts";
import { Narrower } from "./narrow.ts";
import { docsOf, INDEX_VERSION, SCHEMA } from "./schema.ts";
import { ScopeWriter } from "./scopeWriter.ts";
import { TouchedFiles } from "./touchedFiles.ts";
import { Upkeep } from "./upkeep.ts";
import { Windows } from "./windows.ts";

/** The open index. What goes wrong is thrown as SQLite and fs do. */
export class SearchIndex {
  readonly upkeep: Upkeep;
  readonly narrower: Narrower;
  readonly touched: TouchedFiles;
  readonly windows: Record<SearchScope, Windows>;
  readonly #db: Database.Database;
  readonly #file: string;

  /** Opens it, or begins a new one. */
  constructor(file: string, belonging: Belonging, record: Connection, lastChange: number) {
    this.#file = file;
    this.#db = openDerived(file, { version: INDEX_VERSION, schema: SCHEMA }, belonging);
    this.upkeep = new Upkeep(this.#db, record, lastChange);
    this.narrower = new Narrower(this.#db);
    this.touched = new TouchedFiles(this.#db);
    this.windows = Object.fromEntries(
      SEARCH_SCOPES.map((scope) => [scope, new Windows(this.#db, scope)]),
    ) as Record<SearchScope, Windows>;
  }

  turn(lastChange: number): Promise<boolean> {
    return this.upkeep.turn(lastChange);
  }

  hasAll(lastChange: number): boolean {
    return this.upkeep.behind(lastChange) === 0;
  }

  /** Takes texts out whose rows are gone from the record. */
  drop(scope: SearchScope, rows: number[]): void {
    const writer = new ScopeWriter(this.#db, scope);
    for (const row of rows) writer.remove(row);
  }

  /** How many texts are in it. */
  count(): number {
    const sql = SEARCH_SCOPES.map((scope) => `(SELECT COUNT(*) FROM ${docsOf(scope)})`).join(" + ");
    const [row] = this.#db.prepare(`SELECT ${sql} AS n`).all() as { n: number }[];
    return row?.n ?? 0;
  }

  /** Bytes of the file and its log. */
  bytes(): number {
    const files = [this.#file, `${this.#file}-wal`];
    const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Moves the log into the file, where it can: libSQL closes that only once the statements are collected. */
  close(): void {
    try {
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      this.#db.close();
    }
  }
}
