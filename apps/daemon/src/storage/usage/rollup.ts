import type Database from "libsql";
import type { Connection } from "../record/connection.ts";
import {
  fewEnough,
  readSessionUsage,
  type SessionUsage,
  touchedSince,
  type UsageOfSession,
  type UsageSession,
} from "./sessionUsage.ts";

const TABLES = ["sessions", "messages"] as const;

/** Most sessions that are added up in one turn. */
const MOST_SESSIONS = 20;

/** Up to which change of each table the sessions that changed are known. */
type Seen = Record<(typeof TABLES)[number], number>;

const SUMS = [
  "requests",
  "input",
  "output",
  "reasoning",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "cost",
  "first",
  "last",
] as const satisfies (keyof SessionUsage)[];

const INSERT_USED = `INSERT INTO used(session, at, model, provider, agent, sub, size, told,
    requests, input, output, reasoning, cache_read, cache_write, cache_write_1h, cost, first, last)
  VALUES (${"?, ".repeat(17)}?)`;

const PUT_SESSION = `INSERT INTO sessions(session, source, project, name, branch, parent, forked)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(session) DO UPDATE SET source = excluded.source,
    project = excluded.project, name = excluded.name, branch = excluded.branch,
    parent = excluded.parent, forked = excluded.forked`;

const FORKS_OF = "INSERT OR IGNORE INTO changed SELECT session FROM sessions WHERE forked = ?";

/** Keeps what each session's answers took, added up, as the record is. Throws like SQLite. */
export class Rollup {
  readonly #db: Database.Database;
  readonly #record: Connection;
  readonly #names = new Map<string, number>();
  #seen: Seen;

  /** `seen` is what `turn` told last of this file; null at its beginning. */
  constructor(db: Database.Database, record: Connection, seen: string | null) {
    this.#db = db;
    this.#record = record;
    this.#seen = seen === null ? { sessions: 0, messages: 0 } : JSON.parse(seen);
  }

  /** Sessions that are known to have changed and were not added up again, and whether these are all. */
  behind(lastChange: number): { sessions: number; isSure: boolean } {
    const [row] = this.#db.prepare("SELECT COUNT(*) AS n FROM changed").all() as { n: number }[];
    const isSure = TABLES.every((table) => this.#seen[table] >= lastChange);
    return { sessions: row?.n ?? 0, isSure };
  }

  /**
   * Looks for sessions that changed up to `lastChange`, or adds some of them up again; false where there
   * is nothing to do. Rejects with StorageError for the record.
   */
  async turn(lastChange: number, keepSeen: (seen: string) => void): Promise<boolean> {
    const table = TABLES.find((one) => this.#seen[one] < lastChange);
    if (table) return this.#look(table, lastChange, keepSeen);
    const next = this.#changed();
    return next.length > 0 && this.#addUp(await fewEnough(this.#record, next));
  }

  #changed(): string[] {
    const rows = this.#db.prepare(`SELECT session FROM changed LIMIT ${MOST_SESSIONS}`).all();
    return (rows as { session: string }[]).map(({ session }) => session);
  }

  async #look(
    table: (typeof TABLES)[number],
    lastChange: number,
    keepSeen: (seen: string) => void,
  ): Promise<true> {
    const { sessions, last, more } = await touchedSince(this.#record, table, this.#seen[table]);
    const seen = { ...this.#seen, [table]: more ? last : Math.max(last, lastChange) };
    this.#together(() => {
      const note = this.#db.prepare("INSERT OR IGNORE INTO changed VALUES (?)");
      // Whether a fork's copies count is told by what the forked one has.
      const noteForks = this.#db.prepare(FORKS_OF);
      for (const session of sessions) {
        note.run(session);
        noteForks.run(session);
      }
      keepSeen(JSON.stringify(seen));
    });
    this.#seen = seen;
    return true;
  }

  async #addUp(ids: string[]): Promise<true> {
    const found = await readSessionUsage(this.#record, ids);
    const gone = new Set(ids);
    this.#together(() => {
      const done = this.#db.prepare("DELETE FROM changed WHERE session = ?");
      for (const id of ids) done.run(id);
      for (const one of found) {
        gone.delete(one.session.session);
        this.#put(one);
      }
      for (const id of gone) this.#forget(id);
    });
    return true;
  }

  #put({ session: told, used }: UsageOfSession): void {
    const session = this.#putSession(told);
    this.#db.prepare("DELETE FROM used WHERE session = ?").run(session);
    const insert = this.#db.prepare(INSERT_USED);
    for (const one of used) {
      insert.run(...this.#keyOf(session, one), ...SUMS.map((sum) => one[sum]));
    }
  }

  #forget(id: string): void {
    const used = "DELETE FROM used WHERE session = (SELECT id FROM sessions WHERE session = ?)";
    for (const sql of [used, "DELETE FROM sessions WHERE session = ?"]) {
      this.#db.prepare(sql).run(id);
    }
  }

  /** Its number in the file. */
  #putSession(one: UsageSession): number {
    const { session, source, project, name, branch, parent, forked } = one;
    this.#db.prepare(PUT_SESSION).run(session, source, project, name, branch, parent, forked);
    const sql = "SELECT id FROM sessions WHERE session = ?";
    const [row] = this.#db.prepare(sql).all(session) as { id: number }[];
    return row?.id ?? 0;
  }

  #keyOf(session: number, one: SessionUsage): number[] {
    const names = [one.model, one.provider, one.agent].map((name) => this.#nameOf(name));
    return [session, one.at, ...names, one.sub, one.size, one.told];
  }

  #nameOf(name: string | null): number {
    if (name === null) return 0;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#db.prepare("INSERT OR IGNORE INTO names(name) VALUES (?)").run(name);
    const [row] = this.#db.prepare("SELECT id FROM names WHERE name = ?").all(name) as {
      id: number;
    }[];
    const id = row?.id ?? 0;
    this.#names.set(name, id);
    return id;
  }

  #together(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#names.clear();
      if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }
}
