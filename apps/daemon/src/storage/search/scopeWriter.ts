import { hash } from "node:crypto";
import { MIN_TIME, type SearchScope } from "@duolog/contract";
import type Database from "libsql";
import { facetText } from "../../core/search/expression.ts";
import { prepare } from "../../core/search/words.ts";
import { docsOf, textsOf } from "./schema.ts";

/** A text to be indexed. */
export interface Doc {
  row: number;
  session: number;
  /** Epoch ms. */
  at: number;
  text: string;
  facets: number[];
  /** What tells equal texts of a session of which one is enough; null where each counts. */
  content: number | null;
}

interface Stored {
  id: number;
  digest: number;
}

/** A text that moved by no more than so many places has kept its time, s. */
const NEAR = 60;

/** The first id: every time that is taken is after it. */
const EPOCH = MIN_TIME / 1_000;

/** The least id that a text of this time or a later one has. */
export function idOfTime(at: number): number {
  return Math.max(0, Math.floor(at / 1_000) - EPOCH);
}

/** Writes the texts of one scope; within a transaction, which `flush` ends. */
export class ScopeWriter {
  readonly #find: Database.Statement;
  readonly #taken: Database.Statement;
  readonly #gap: Database.Statement;
  readonly #twin: Database.Statement;
  readonly #addDoc: Database.Statement;
  readonly #dropDoc: Database.Statement;
  readonly #addText: Database.Statement;
  readonly #dropText: Database.Statement;
  #waiting: { id: number; doc: Doc }[] = [];
  /** Ids known to be taken, from a start to before an end. */
  #run = { start: 0, end: 0 };

  constructor(db: Database.Database, scope: SearchScope) {
    const [texts, docs] = [textsOf(scope), docsOf(scope)];
    this.#find = db.prepare(`SELECT id, digest FROM ${docs} WHERE row = ?`);
    this.#taken = db.prepare(`SELECT 1 FROM ${docs} WHERE id = ?`);
    this.#gap = db.prepare(`SELECT id + 1 AS id FROM ${docs} AS d WHERE id >= ?
      AND NOT EXISTS (SELECT 1 FROM ${docs} WHERE id = d.id + 1) ORDER BY id LIMIT 1`);
    this.#twin = db.prepare(
      `SELECT row FROM ${docs} WHERE session = ? AND content = ? AND row <> ? LIMIT 1`,
    );
    this.#addDoc = db.prepare(
      `REPLACE INTO ${docs}(id, row, session, digest, content) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#dropDoc = db.prepare(`DELETE FROM ${docs} WHERE id = ?`);
    this.#addText = db.prepare(`REPLACE INTO ${texts}(rowid, text, facets) VALUES (?, ?, ?)`);
    this.#dropText = db.prepare(`DELETE FROM ${texts} WHERE rowid = ?`);
  }

  /** Has the row's text indexed as it is now; false where it was so already. */
  put(doc: Doc): boolean {
    const stored = this.#stored(doc.row);
    const digest = digestOf(doc);
    if (stored?.digest === digest) return false;
    if (doc.content !== null && this.#isTold(doc, doc.content)) return this.remove(doc.row);
    const id = this.#idFor(doc, stored);
    this.#addDoc.run(id, doc.row, doc.session, digest, doc.content);
    this.#waiting.push({ id, doc });
    return true;
  }

  /** Takes the row's text out; false where it was not there. */
  remove(row: number): boolean {
    const stored = this.#stored(row);
    if (!stored) return false;
    this.#dropText.run(stored.id);
    this.#dropDoc.run(stored.id);
    return true;
  }

  /** Writes what was put. FTS5 wants ids to grow within a transaction. */
  flush(): void {
    this.#waiting.sort((a, b) => a.id - b.id);
    for (const { id, doc } of this.#waiting) {
      this.#addText.run(id, prepare(doc.text), facetText(doc.facets));
    }
    this.#waiting = [];
  }

  /** Lets go of what a transaction that was taken back had. */
  forget(): void {
    this.#waiting = [];
    this.#run = { start: 0, end: 0 };
  }

  #stored(row: number): Stored | undefined {
    return this.#find.all(row)[0] as Stored | undefined;
  }

  /** Of equal texts of a session the row that came first has it. */
  #isTold({ session, row }: Doc, content: number): boolean {
    const twin = this.#twin.all(session, content, row)[0] as { row: number } | undefined;
    if (!twin) return false;
    if (twin.row < row) return true;
    this.remove(twin.row);
    return false;
  }

  #idFor({ at }: Doc, stored: Stored | undefined): number {
    const wanted = idOfTime(at);
    if (!stored) return this.#free(wanted);
    if (stored.id >= wanted && stored.id - wanted <= NEAR) return stored.id;
    this.#dropText.run(stored.id);
    this.#dropDoc.run(stored.id);
    return this.#free(wanted);
  }

  #free(wanted: number): number {
    const run = this.#run;
    const isInRun = wanted >= run.start && wanted < run.end;
    let id = isInRun ? run.end : wanted;
    if (this.#taken.all(id).length > 0) id = (this.#gap.all(id)[0] as { id: number }).id;
    this.#run = { start: isInRun ? run.start : wanted, end: id + 1 };
    return id;
  }
}

/** Changes with what is indexed of a row. */
function digestOf({ text, facets, at }: Doc): number {
  return numberOf(`${Math.floor(at / 1_000)} ${facets.join(" ")} ${text}`);
}

/** 48 bits of the text's hash. */
export function numberOf(text: string): number {
  return Number.parseInt(hash("sha1", text, "hex").slice(0, 12), 16);
}
