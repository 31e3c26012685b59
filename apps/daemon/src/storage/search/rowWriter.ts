import { type ChildKind, SEARCH_SCOPES, type SearchScope } from "@duolog/contract";
import type Database from "libsql";
import { documentsOf, scopesOf } from "../../core/search/documents.ts";
import type { IndexedRow } from "./changedRows.ts";
import { Dictionary, type FacetKind, type KnownSession } from "./dictionary.ts";
import { rowNumber } from "./rowNumber.ts";
import { idOfTime, numberOf, ScopeWriter } from "./scopeWriter.ts";

/** Writes what is indexed of rows, within a transaction. */
export class RowWriter {
  readonly dictionary: Dictionary;
  readonly scopes: Record<SearchScope, ScopeWriter>;
  readonly #addTool: Database.Statement;
  readonly #dropTouched: Database.Statement;
  readonly #addTouched: Database.Statement;
  readonly #redo: Database.Statement;

  constructor(db: Database.Database) {
    this.dictionary = new Dictionary(db);
    this.scopes = Object.fromEntries(
      SEARCH_SCOPES.map((scope) => [scope, new ScopeWriter(db, scope)]),
    ) as Record<SearchScope, ScopeWriter>;
    this.#addTool = db.prepare("INSERT OR IGNORE INTO session_tools(tool, session) VALUES (?, ?)");
    this.#dropTouched = db.prepare("DELETE FROM touched WHERE call = ?");
    this.#addTouched = db.prepare(
      "INSERT OR IGNORE INTO touched(file, at, call, session) VALUES (?, ?, ?, ?)",
    );
    this.#redo = db.prepare("REPLACE INTO redo(session, kind, key) VALUES (?, NULL, 0)");
  }

  /** A session: where its project is another one now, its rows are to be done again. */
  session(told: IndexedRow): void {
    const before = this.dictionary.known(told.sessionId);
    const now = this.dictionary.set(told);
    if (before && (before.project !== now.project || before.name !== now.name)) {
      this.#redo.run(now.id);
    }
  }

  /** A row of a session. */
  row(kind: ChildKind, row: IndexedRow): void {
    const session = this.dictionary.session(row);
    const files = row.files.map((file) => this.dictionary.facet("file", file));
    const facets = [...this.#facetsOf(row, session), ...files];
    const documents = documentsOf(kind, row);
    for (const scope of scopesOf(kind)) {
      const number = rowNumber(kind, row.key);
      const text = documents.find((document) => document.scope === scope)?.text;
      if (text === undefined) this.scopes[scope].remove(number);
      else {
        const content = scope === "outputs" ? numberOf(row.outputHash ?? text) : null;
        const doc = { row: number, session: session.id, at: row.at, text, facets, content };
        this.scopes[scope].put(doc);
      }
    }
    if (kind === "toolCall") this.#call(row, session, files);
  }

  flush(): void {
    for (const scope of SEARCH_SCOPES) this.scopes[scope].flush();
  }

  forget(): void {
    this.dictionary.forget();
    for (const scope of SEARCH_SCOPES) this.scopes[scope].forget();
  }

  #call({ key, at, name }: IndexedRow, session: KnownSession, files: number[]): void {
    if (name) this.#addTool.run(this.dictionary.facet("tool", name), session.id);
    this.#dropTouched.run(key);
    for (const file of files) this.#addTouched.run(file, idOfTime(at), key, session.id);
  }

  #facetsOf({ source, role, model, name }: IndexedRow, session: KnownSession): number[] {
    const told: [FacetKind, string | null | undefined][] = [
      ["source", source],
      ["role", role],
      ["model", model],
      ["tool", name],
    ];
    const own = told.flatMap(([kind, value]) =>
      value ? [this.dictionary.facet(kind, value)] : [],
    );
    const project = [session.project, session.name].filter((facet) => facet !== null);
    return [session.id, ...project, ...own];
  }
}
