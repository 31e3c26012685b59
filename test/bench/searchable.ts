import { hash } from "node:crypto";
import { deflateSync } from "node:zlib";
import Database from "libsql";
import { ZipfTexts } from "./corpus/zipf.ts";

/** Messages of a session. */
const PER_SESSION = 50;
const T0 = 1_700_000_000_000;
/** Between two messages, ms. */
const APART = 70_000;
/** Of ten messages three have a call. */
const CALLS = 0.3;

/** What the file holds, bytes of UTF-8: of its texts all, of its outputs each distinct one's first 4 KB. */
export interface Filled {
  bytes: number;
  /** A word of a few messages in a thousand, and the commonest. */
  rare: string;
  common: string;
}

/** Puts messages with words in them, and calls, in a stopped daemon's file, without the daemon. */
export function fillSearchable(database: string, messages: number): Filled {
  const texts = new ZipfTexts("search");
  const db = new Database(database);
  let bytes = 0;
  const counted = (text: string) => {
    bytes += Buffer.byteLength(text);
    return text;
  };
  try {
    db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -16000; BEGIN");
    const write = prepare(db);
    let output = texts.text(300);
    for (let n = 0; n < messages; n++) {
      const session = `ses_${Math.floor(n / PER_SESSION)}`;
      const at = T0 + n * APART;
      if (n % PER_SESSION === 0) write.session(session, n, at);
      write.message(session, n, at, counted(texts.text(texts.length())));
      if ((n * CALLS) % 1 < CALLS) {
        if (n % 5 > 1) output = texts.text(texts.length() * 2);
        write.call(
          session,
          n,
          at,
          counted(JSON.stringify({ command: texts.text(12) })),
          counted(output),
        );
      }
      if (n % 10_000 === 9_999) db.exec("COMMIT; BEGIN");
    }
    db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  const rare = texts.terms.slice(3_000).find((term) => /^[a-z]+\d[a-z\d]*$/.test(term));
  return { bytes, rare: rare ?? "", common: texts.terms[0] as string };
}

function prepare(db: Database.Database) {
  const session = db.prepare(`INSERT INTO sessions
    (id, source, title, project_path, project_name, created_at, updated_at, changed_seq)
    VALUES (?, 'opencode', 'Filled', ?, ?, ?, ?, ?)`);
  const message = db.prepare(`INSERT INTO messages
    (id, session_id, source, role, text_content, model, created_at, updated_at, changed_seq)
    VALUES (?, ?, 'opencode', ?, ?, 'claude-opus-5-5', ?, ?, ?)`);
  const call = db.prepare(`INSERT INTO tool_calls
    (id, session_id, source, message_id, name, input, output_hash, output_bytes, file_path, created_at, updated_at, changed_seq)
    VALUES (?, ?, 'opencode', ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const blob = db.prepare(
    "INSERT OR IGNORE INTO blobs (hash, bytes, deflated, is_cut) VALUES (?, ?, ?, 0)",
  );
  return {
    session(id: string, n: number, at: number) {
      const project = `project${n % 300}`;
      session.run(id, `/home/dev/${project}`, project, at, at + APART * PER_SESSION, n);
    },
    message(id: string, n: number, at: number, text: string) {
      message.run(`msg_${n}`, id, n % 2 ? "assistant" : "user", text, at, at, n);
    },
    call(id: string, n: number, at: number, input: string, output: string) {
      const hashed = hash("sha256", output, "hex").slice(0, 32);
      const size = Buffer.byteLength(output);
      blob.run(hashed, size, deflateSync(output, { level: 3 }));
      const file = `/home/dev/src/file${n % 3_000}.ts`;
      const tool = ["bash", "read", "edit"][n % 3];
      call.run(`msg_${n}/c`, id, `msg_${n}`, tool, input, hashed, size, file, at, at, n);
    },
  };
}
