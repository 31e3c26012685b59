import { copyFileSync, statSync } from "node:fs";
import { entities, type IngestRecord, type Kind } from "@duolog/contract";
import Database from "libsql";

const INSERT_SESSION =
  "INSERT OR IGNORE INTO sessions (id, source, created_at, updated_at) VALUES (?, 'opencode', ?, ?)";

/** SQLite by itself: nothing read, merged or sent. Durable as the daemon's own commits are. */
export class RawFile implements Disposable {
  readonly #db: Database.Database;
  readonly #file: string;

  /** Opens a copy of a stopped daemon's file: the same tables and indexes. */
  constructor(database: string, copy: string) {
    copyFileSync(database, copy);
    this.#file = copy;
    this.#db = new Database(copy);
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]) {
      this.#db.pragma(pragma);
    }
  }

  /**
   * Inserts messages and tool calls, each with all its texts in its row, `perCommit` in a
   * transaction; those of one kind tell the same fields. Returns the time it took, ms.
   */
  insert(records: IngestRecord[], perCommit: number): number {
    this.#insertSessions(records);
    const inserts = new Map<Kind, Database.Statement>();
    const rows = records.map((record) => {
      const insert = inserts.get(record.kind) ?? this.#db.prepare(insertSql(record));
      inserts.set(record.kind, insert);
      return { insert, values: [...Object.values(record.data), record.data.observedSeq] };
    });
    const began = performance.now();
    for (let done = 0; done < rows.length; done += perCommit) {
      this.#db.exec("BEGIN");
      for (const { insert, values } of rows.slice(done, done + perCommit)) insert.run(...values);
      this.#db.exec("COMMIT");
    }
    return performance.now() - began;
  }

  #insertSessions(records: IngestRecord[]): void {
    const sessions = new Map(
      records.map(({ data }) => ["sessionId" in data ? data.sessionId : data.id, data.createdAt]),
    );
    const insert = this.#db.prepare(INSERT_SESSION);
    for (const [id, createdAt] of sessions) insert.run(id, createdAt, createdAt);
  }

  /** Bytes of the file, with all that its log held. */
  size(): number {
    this.#db.pragma("wal_checkpoint(TRUNCATE)");
    return statSync(this.#file).size;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/** Of the columns that the record tells, and the number of the change. */
function insertSql({ kind, data }: IngestRecord): string {
  const { table, columns } = entities[kind];
  const told = Object.keys(data).map((field) => (columns as Record<string, string>)[field]);
  return `INSERT INTO ${table} (${[...told, "changed_seq"].join(", ")})
    VALUES (${[...told, ""].map(() => "?").join(", ")})`;
}
