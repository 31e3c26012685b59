import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Found, HistoryPart, IngestRecord, Kind } from "@duolog/contract";
import Database from "libsql";
import { type HistoryOptions, openHistory } from "../../src/store/index.ts";

/** 2026-03-01. */
export const T0 = 1_772_323_200_000;
/** A day after all that is stored. */
export const NOW = T0 + 86_400_000;

/** A directory that is gone afterwards. */
export function temporary(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "duolog-store-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The tables of OpenCode 1.18, less the columns that have nothing to do with the record. */
const TABLES = `
  CREATE TABLE event_sequence (aggregate_id text PRIMARY KEY, seq integer NOT NULL, owner_id text);
  CREATE TABLE event (id text PRIMARY KEY, aggregate_id text NOT NULL, seq integer NOT NULL,
    type text NOT NULL, data text NOT NULL);
  CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, parent_id text,
    slug text NOT NULL, directory text NOT NULL, title text NOT NULL, version text NOT NULL,
    cost real DEFAULT 0 NOT NULL, tokens_input integer DEFAULT 0 NOT NULL,
    tokens_output integer DEFAULT 0 NOT NULL, tokens_reasoning integer DEFAULT 0 NOT NULL,
    tokens_cache_read integer DEFAULT 0 NOT NULL, tokens_cache_write integer DEFAULT 0 NOT NULL,
    model text, time_created integer NOT NULL, time_updated integer NOT NULL,
    time_archived integer);
  CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL,
    time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
  CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
    time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);`;
const INDEXES = `
  CREATE UNIQUE INDEX event_aggregate_seq_idx ON event (aggregate_id, seq);
  CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
  CREATE INDEX part_message_id_id_idx ON part (message_id, id);
  CREATE INDEX part_session_idx ON part (session_id);`;

/** A database as OpenCode makes it, of the WAL mode and with its indexes. */
export class StoreDatabase implements Disposable {
  readonly db: Database.Database;
  readonly path: string;

  constructor(path: string, { mode = "WAL", indexes = INDEXES } = {}) {
    this.path = path;
    this.db = new Database(path);
    this.db.exec(`PRAGMA journal_mode = ${mode}; ${TABLES} ${indexes}`);
  }

  session(id: string, title = `Title of ${id}`): this {
    this.run(
      `INSERT INTO session (id, project_id, slug, directory, title, version, time_created, time_updated)
        VALUES (?, 'p', 's', '/home/ada/garden', ?, '1.18.33', ?, ?)`,
      ...[id, title, T0, T0 + 9],
    );
    return this;
  }

  message(sessionId: string, id: string, data: object = { role: "user" }, at = T0): this {
    const text = JSON.stringify({ time: { created: at }, ...data });
    this.run("INSERT INTO message VALUES (?, ?, ?, ?, ?)", id, sessionId, at, at, text);
    return this;
  }

  part(sessionId: string, messageId: string, id: string, data: object, at = T0): this {
    const text = JSON.stringify(data);
    this.run("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", id, messageId, sessionId, at, at, text);
    return this;
  }

  /** A prompt of one text part, `prt_<text>`. */
  prompt(sessionId: string, id: string, text: string): this {
    return this.message(sessionId, id).part(sessionId, id, `prt_${id}`, { type: "text", text });
  }

  run(sql: string, ...values: (string | number)[]): void {
    const literal = (value: string | number | undefined) =>
      typeof value === "number" ? String(value) : `'${value?.replaceAll("'", "''")}'`;
    // A prepared statement would keep the database open beyond close().
    this.db.exec(sql.replaceAll("?", () => literal(values.shift())));
  }

  /** As an OpenCode that ended well leaves it: no WAL. */
  [Symbol.dispose](): void {
    this.db.close();
  }
}

/** Runs `use` on a new database, which is closed by then. */
export function withStore(fill: (store: StoreDatabase) => void, use: (path: string) => void): void {
  using root = temporary();
  const path = join(root.path, "opencode.db");
  const store = new StoreDatabase(path);
  fill(store);
  store.db.close();
  use(path);
}

/** What is told of some places. */
export interface Told {
  parts: string[];
  records: IngestRecord[];
  /** Reasons. */
  unreadable: string[];
  /** Types. */
  unknown: string[];
  /** `what: reason`. */
  left: string[];
  places: readonly string[];
}

/** Opens, reads and closes; in `what` and `places`, the directory is `~`. */
export function told(root: string, options: Partial<HistoryOptions> = {}): Told {
  const history = openHistory({ places: [root], now: NOW, ...options });
  const short = (text: string) => text.replaceAll(root, "~");
  try {
    const found = history.parts.flatMap(readPart);
    return {
      parts: history.parts.map(({ id }) => short(id)).toSorted(),
      records: found.flatMap(({ records }) => records),
      unreadable: found.flatMap(({ unreadable }) => unreadable.map(({ reason }) => reason)),
      unknown: found.flatMap(({ unknown }) => unknown ?? []),
      left: history.left.map(({ what, reason }) => `${short(what)}: ${reason}`),
      places: history.places.map(short),
    };
  } finally {
    history.close();
  }
}

export function readPart(part: HistoryPart): Found[] {
  return [...part.read()];
}

/** The last record of each row of a kind, as `id text` or the title. */
export function rowsOf(records: readonly IngestRecord[], kind: Kind): string[] {
  const rows = new Map<string, string>();
  for (const { kind: of, data } of records) {
    if (of !== kind) continue;
    const text = "title" in data ? data.title : "textContent" in data ? data.textContent : "";
    const key = "sessionId" in data ? `${data.sessionId} ${data.id}` : data.id;
    rows.set(key, `${key}: ${text ?? rows.get(key)?.split(": ")[1] ?? null}`);
  }
  return [...rows.values()].toSorted();
}

/** What is in a directory, byte by byte, with the time at which names came and went. */
export function snapshot(directory: string): Record<string, string> {
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(directory, name)))
      .digest("hex");
  const files = readdirSync(directory).filter((name) => statSync(join(directory, name)).isFile());
  return {
    ".": String(statSync(directory, { bigint: true }).mtimeNs),
    ...Object.fromEntries(files.map((name) => [name, hash(name)])),
  };
}
