import { copyFileSync } from "node:fs";
import type { MessageUpsert } from "@duolog/contract";
import Database from "libsql";
import { messageOf, PER_SESSION, T0 } from "./messages.ts";

/** The columns of a message that the bench's messages fill, with their values. */
const COLUMNS: [column: string, value: (message: MessageUpsert) => unknown][] = [
  ["id", (m) => m.id],
  ["session_id", (m) => m.sessionId],
  ["source", (m) => m.source],
  ["role", (m) => m.role],
  ["text_content", (m) => m.textContent],
  ["model", (m) => m.model],
  ["provider", (m) => m.provider],
  ["agent", (m) => m.agent],
  ["parent_id", (m) => m.parentId],
  ["finish_reason", (m) => m.finishReason],
  ["prompt_tokens", (m) => m.promptTokens],
  ["completion_tokens", (m) => m.completionTokens],
  ["reasoning_tokens", (m) => m.reasoningTokens],
  ["cache_read_tokens", (m) => m.cacheReadTokens],
  ["cache_write_tokens", (m) => m.cacheWriteTokens],
  ["cost", (m) => m.cost],
  ["duration_ms", (m) => m.durationMs],
  ["created_at", (m) => m.createdAt],
  ["completed_at", (m) => m.completedAt],
  ["updated_at", (m) => m.updatedAt],
  ["observed_at", (m) => m.observedAt],
  ["observed_seq", (m) => m.observedSeq],
  ["changed_seq", (m) => m.observedSeq],
];

const INSERT = `INSERT INTO messages (${COLUMNS.map(([column]) => column).join(", ")})
  VALUES (${COLUMNS.map(() => "?").join(", ")})`;
const INSERT_SESSION =
  "INSERT OR IGNORE INTO sessions (id, source, created_at, updated_at) VALUES (?, 'opencode', ?, ?)";

/** SQLite by itself: nothing read, merged or sent. Durable as the daemon's own commits are. */
export class RawFile implements Disposable {
  readonly #db: Database.Database;

  /** Opens a copy of a stopped daemon's file: the same tables and indexes. */
  constructor(database: string, copy: string) {
    copyFileSync(database, copy);
    this.#db = new Database(copy);
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]) {
      this.#db.pragma(pragma);
    }
  }

  /** Inserts messages, `perCommit` in a transaction; returns the time it took, ms. */
  insert(sender: string, from: number, to: number, perCommit: number): number {
    const rows = Array.from({ length: to - from }, (_, i) => {
      const message = messageOf(sender, from + i);
      return COLUMNS.map(([, value]) => value(message));
    });
    for (let n = from; n < to; n += PER_SESSION) {
      this.#db.prepare(INSERT_SESSION).run(messageOf(sender, n).sessionId, T0, T0);
    }
    this.#db.prepare(INSERT_SESSION).run(messageOf(sender, to - 1).sessionId, T0, T0);
    const insert = this.#db.prepare(INSERT);
    const began = performance.now();
    for (let done = 0; done < rows.length; done += perCommit) {
      this.#db.exec("BEGIN");
      for (const row of rows.slice(done, done + perCommit)) insert.run(...row);
      this.#db.exec("COMMIT");
    }
    return performance.now() - began;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
