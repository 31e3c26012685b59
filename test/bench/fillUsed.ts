import Database from "libsql";
import { T0 } from "./corpus/messages.ts";

/** Messages of a session, which is of one project, and between two of them, ms. */
const PER_SESSION = 50;
const APART = 30_000;
const PROJECTS = 300;

/** Puts answers that used tokens, of five models, some of sub-agents, in a stopped daemon's file. */
export function fillUsed(database: string, messages: number): void {
  const db = new Database(database);
  try {
    db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -16000");
    const numbers = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)`;
    db.prepare(`${numbers} INSERT INTO sessions
      (id, source, project_path, project_name, created_at, updated_at, changed_seq)
      SELECT printf('s%d', i), iif(i % 2, 'opencode', 'claude-code'), printf('/w/p%d', i % ${PROJECTS}),
        printf('p%d', i % ${PROJECTS}), ${T0} + i * ${PER_SESSION * APART},
        ${T0} + i * ${PER_SESSION * APART}, i FROM n`).run(Math.ceil(messages / PER_SESSION));
    db.prepare(`${numbers} INSERT INTO messages
      (id, session_id, source, role, model, provider, agent_id, prompt_tokens, completion_tokens,
       cache_read_tokens, cache_write_tokens, cost, created_at, updated_at, changed_seq)
      SELECT printf('m%d', i), printf('s%d', i / ${PER_SESSION}),
        iif(i / ${PER_SESSION} % 2, 'opencode', 'claude-code'), 'assistant',
        CASE i / ${PER_SESSION} % 5 WHEN 0 THEN 'claude-opus-4-5' WHEN 1 THEN 'claude-sonnet-4-5' WHEN 2 THEN 'claude-haiku-4-5'
          WHEN 3 THEN 'gpt-5.1' ELSE 'big-pickle' END,
        CASE i / ${PER_SESSION} % 5 WHEN 3 THEN 'openai' WHEN 4 THEN 'opencode' ELSE 'anthropic' END,
        iif(i % 7 = 0, 'agent', NULL), i % 3000, i % 1000, i % 60000, i % 2000,
        iif(i / ${PER_SESSION} % 2, 0.01, NULL), ${T0} + i * ${APART}, ${T0} + i * ${APART}, i FROM n`).run(
      messages,
    );
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}
