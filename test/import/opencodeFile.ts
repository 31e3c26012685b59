import Database from "libsql";
import type { Captured } from "../recordings/opencodeReplay.ts";

/** The tables of OpenCode 1.18.33, less the columns that have nothing to do with the record. */
const TABLES = `
  CREATE TABLE event (id text PRIMARY KEY, aggregate_id text NOT NULL, seq integer NOT NULL,
    type text NOT NULL, data text NOT NULL);
  CREATE TABLE session (id text PRIMARY KEY, project_id text, parent_id text, slug text NOT NULL,
    directory text NOT NULL, title text NOT NULL, version text NOT NULL,
    cost real DEFAULT 0 NOT NULL, tokens_input integer DEFAULT 0 NOT NULL,
    tokens_output integer DEFAULT 0 NOT NULL, tokens_reasoning integer DEFAULT 0 NOT NULL,
    tokens_cache_read integer DEFAULT 0 NOT NULL, tokens_cache_write integer DEFAULT 0 NOT NULL,
    agent text, model text, time_created integer NOT NULL, time_updated integer NOT NULL,
    time_archived integer);
  CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL,
    time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
  CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
    time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);`;

/** What events tell, as far as columns are made of it; the rest is kept as it is. */
export interface Session {
  id: string;
  projectID?: string;
  parentID?: string;
  slug: string;
  directory: string;
  title: string;
  version: string;
  agent?: string;
  model?: object;
  cost: number;
  tokens: Record<"input" | "output" | "reasoning", number> & {
    cache: { read: number; write: number };
  };
  time: { created: number; updated: number; archived?: number };
}

interface Message {
  id: string;
  sessionID: string;
  time: { created: number };
}

interface Part {
  id: string;
  messageID: string;
  sessionID: string;
}

/** The events of a recording that OpenCode keeps. */
const KEPT = [
  "session.created",
  "session.updated",
  "message.updated",
  "message.removed",
  "message.part.updated",
  "message.part.removed",
];

/** A database as OpenCode 1.18.33 leaves it after these events. */
export class OpencodeFile implements Disposable {
  readonly db: Database.Database;
  readonly path: string;

  constructor(path: string, events: Captured[] = []) {
    this.path = path;
    this.db = new Database(path);
    this.db.exec("PRAGMA journal_mode = WAL");
    this.db.exec(TABLES);
    for (const event of events) this.add(event);
  }

  /** Keeps the event and its rows, as OpenCode does. */
  add({ event: { id, type, properties }, t }: Captured): void {
    if (!KEPT.includes(type)) return;
    const { sessionID } = properties;
    const seq = this.db.prepare("SELECT count(*) n FROM event WHERE aggregate_id = ?");
    const { n } = seq.get(sessionID) as { n: number };
    this.#run(
      "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
      ...[id, sessionID, n, `${type}.1`, JSON.stringify(properties)],
    );
    if (type.startsWith("session.")) this.#session(properties.info as Session);
    if (type === "message.updated") this.#message(properties.info as Message, t);
    if (type === "message.part.updated") {
      this.#part(properties.part as Part, properties.time as number, t);
    }
    if (type === "message.removed") {
      this.#run("DELETE FROM part WHERE message_id = ?", properties.messageID);
      this.#run("DELETE FROM message WHERE id = ?", properties.messageID);
    }
    if (type === "message.part.removed") {
      this.#run("DELETE FROM part WHERE id = ?", properties.partID);
    }
  }

  /** Makes it one from before these events were kept. */
  forget(events: string): void {
    this.db.exec(`DELETE FROM event WHERE ${events}`);
  }

  #session(info: Session): void {
    const { id, slug, directory, title, version, cost, tokens, time } = info;
    const { input, output, reasoning, cache } = tokens;
    this.#run(
      `INSERT OR REPLACE INTO session VALUES (${Array(18).fill("?").join()})`,
      ...[id, info.projectID ?? null, info.parentID ?? null],
      ...[slug, directory, title, version, cost],
      ...[input, output, reasoning, cache.read, cache.write],
      ...[info.agent ?? null, info.model ? JSON.stringify(info.model) : null],
      ...[time.created, time.updated, time.archived ?? null],
    );
  }

  #message({ id, sessionID, ...data }: Message, t: number): void {
    this.#run(
      "INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)",
      ...[id, sessionID, data.time.created, t, JSON.stringify(data)],
    );
  }

  #part({ id, messageID, sessionID, ...data }: Part, time: number, t: number): void {
    this.#run(
      `INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET time_updated = excluded.time_updated, data = excluded.data`,
      ...[id, messageID, sessionID, time, t, JSON.stringify(data)],
    );
  }

  #run(sql: string, ...values: unknown[]): void {
    this.db.prepare(sql).run(...values);
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}
