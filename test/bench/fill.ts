import { closeSync, fsyncSync, openSync } from "node:fs";
import Database from "libsql";
import { PER_SESSION, T0 } from "./corpus/messages.ts";

/** Puts messages of 2 KB, and their sessions, in a stopped daemon's file, without the daemon. */
export function fill(database: string, messages: number): void {
  const db = new Database(database);
  try {
    db.pragma("synchronous = OFF");
    // Small: letting go of a large one would hold up this process while it measures.
    db.pragma("cache_size = -16000");
    const numbers = `WITH RECURSIVE n(i) AS
      (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)`;
    db.prepare(`${numbers} INSERT INTO sessions
      (id, source, title, created_at, updated_at, observed_at, observed_seq, changed_seq)
      SELECT printf('ses_filled_%d', i), 'opencode', 'Filled', ${T0}, ${T0} + i, ${T0}, 0, i FROM n`).run(
      Math.ceil(messages / PER_SESSION),
    );
    db.prepare(`${numbers} INSERT INTO messages
      (id, session_id, source, role, text_content, model, provider, prompt_tokens,
       completion_tokens, created_at, updated_at, observed_at, observed_seq, changed_seq)
      SELECT printf('msg_filled_%d', i), printf('ses_filled_%d', i / ${PER_SESSION}), 'opencode',
        'assistant', printf('%d %.*c', i, 2040, 'x'), 'claude-opus-5-5', 'anthropic', i, i,
        ${T0} + i, ${T0} + i, ${T0} + i, i, i FROM n`).run(messages);
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  flush(database);
}

/** Puts tool calls beside such messages: three for ten of them, one in a hundred a failure. */
export function fillCalls(database: string, messages: number): void {
  const db = new Database(database);
  try {
    db.pragma("synchronous = OFF");
    db.prepare(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
      INSERT INTO tool_calls
      (id, session_id, source, message_id, name, kind, status, input, output, file_path, created_at,
       duration_ms, updated_at, observed_at, observed_seq, changed_seq)
      SELECT printf('call_%d', i), printf('ses_filled_%d', i * 10 / 3 / ${PER_SESSION}), 'opencode',
        printf('msg_filled_%d', i * 10 / 3), printf('tool%d', i % 20), 'read',
        iif(i % 100 = 0, 'error', 'success'), printf('%.*c', 300, 'i'), printf('%.*c', 500, 'o'),
        printf('/home/dev/app/src/file%d.ts', i % 5000), ${T0} + i, i * 7919 % 10007, ${T0} + i, ${T0} + i, i, i
      FROM n`).run(Math.floor(messages * 0.3));
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  flush(database);
}

/** Else the daemon's first checkpoint has all of it to write to the disk. */
function flush(file: string): void {
  const fd = openSync(file, "r");
  fsyncSync(fd);
  closeSync(fd);
}
