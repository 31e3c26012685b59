import { KINDS_IN_ORDER, type Kind, mapKinds } from "@duolog/contract";
import type Database from "libsql";
import { metaWriter, readMeta } from "../derived/derivedFile.ts";
import type { Connection } from "../record/connection.ts";
import { readTurn, type Slice, type Turn } from "./changedRows.ts";
import { RowWriter } from "./rowWriter.ts";

/** Before which row the newest are that are not in yet. */
interface Low {
  seq: number;
  key: number;
}

/** How far the index is: of each kind all changes up to `seen` are in, but for the rows before `low`. */
interface Progress {
  seen: Record<Kind, number>;
  low: Record<Kind, Low | null>;
}

/** Keeps the index as the record is: what changed first, then what was there before, newest first. */
export class Upkeep {
  readonly #db: Database.Database;
  readonly #record: Connection;
  readonly #rows: RowWriter;
  readonly #writeMeta: (name: string, value: string) => void;
  readonly #redo: Database.Statement;
  #progress: Progress;

  /** `lastChange` is the record's: what was changed up to it is there before. */
  constructor(db: Database.Database, record: Connection, lastChange: number) {
    this.#db = db;
    this.#record = record;
    this.#rows = new RowWriter(db);
    this.#writeMeta = metaWriter(db);
    this.#redo = db.prepare(REDO);
    const progress = readMeta(db, "progress");
    this.#progress = progress === null ? begin(lastChange) : JSON.parse(progress);
  }

  /** Rows that are not in, at most, of changes up to this one. */
  behind(lastChange: number): number {
    const { seen, low } = this.#progress;
    const newer = Math.max(0, lastChange - Math.min(...Object.values(seen)));
    const older = Math.max(...Object.values(low).map((at) => at?.seq ?? 0));
    const isBegun = Object.values(low).some((at) => at !== null);
    return newer + (isBegun ? Math.max(1, older) : 0);
  }

  /**
   * Takes in up to 100 rows; false where there are none. What goes wrong with the index is thrown as
   * SQLite does; with the record, as a StorageError.
   */
  async turn(lastChange: number): Promise<boolean> {
    const kind = KINDS_IN_ORDER.find((kind) => this.#progress.seen[kind] < lastChange);
    if (kind) return this.#takeChanges(kind, lastChange);
    const again = this.#sessionToDo();
    if (again) return this.#doAgain(again);
    const older = this.#newestLow();
    return older !== null && this.#takeOlder(older);
  }

  async #takeChanges(kind: Kind, lastChange: number): Promise<true> {
    const seq = this.#progress.seen[kind];
    const turn = await readTurn(this.#record, kind, { by: "after", seq });
    const last = turn.rows.at(-1)?.seq ?? seq;
    const seen = turn.more ? last : Math.max(last, lastChange);
    this.#take(kind, turn, { seen: { ...this.#progress.seen, [kind]: seen } });
    return true;
  }

  async #takeOlder(kind: Kind): Promise<true> {
    const slice = { by: "before", ...(this.#progress.low[kind] as Low) } as const;
    const turn = await readTurn(this.#record, kind, slice);
    const last = turn.rows.at(-1);
    const low = turn.more && last ? { seq: last.seq, key: last.key } : null;
    this.#take(kind, turn, { low: { ...this.#progress.low, [kind]: low } });
    return true;
  }

  #newestLow(): Kind | null {
    const begun = KINDS_IN_ORDER.filter((kind) => this.#progress.low[kind] !== null);
    const seqOf = (kind: Kind) => this.#progress.low[kind]?.seq ?? 0;
    return begun.toSorted((a, b) => seqOf(b) - seqOf(a))[0] ?? null;
  }

  #sessionToDo(): Redo | null {
    const [found] = this.#redo.all() as Redo[];
    return found ?? null;
  }

  async #doAgain({ id, session, kind, key }: Redo): Promise<true> {
    const slice: Slice = { by: "session", session, key };
    const turn = await readTurn(this.#record, kind, slice);
    const last = turn.rows.at(-1)?.key ?? key;
    const next = KINDS_IN_ORDER[KINDS_IN_ORDER.indexOf(kind) + 1];
    this.#take(kind, turn, {}, () => {
      if (turn.more) this.#db.prepare(REDO_ON).run(kind, last, id);
      else if (next) this.#db.prepare(REDO_ON).run(next, 0, id);
      else this.#db.prepare("DELETE FROM redo WHERE session = ?").run(id);
    });
    return true;
  }

  /** All in one transaction: the rows, and how far the index is then. */
  #take(kind: Kind, { rows }: Turn, moved: Partial<Progress>, also = () => {}): void {
    const progress = { ...this.#progress, ...moved };
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      for (const row of rows) {
        if (kind === "session") this.#rows.session(row);
        else this.#rows.row(kind, row);
      }
      this.#rows.flush();
      also();
      this.#writeMeta("progress", JSON.stringify(progress));
      this.#writeMeta("lastChange", String(Math.max(...Object.values(progress.seen))));
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#rows.forget();
      if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
    this.#progress = progress;
  }
}

/** A session whose rows are to be done again, and from where on. */
interface Redo {
  id: number;
  session: string;
  kind: Kind;
  key: number;
}

const REDO = `SELECT r.session AS id, f.name AS session, COALESCE(r.kind, 'message') AS kind, r.key AS key
  FROM redo AS r JOIN facets AS f ON f.id = r.session LIMIT 1`;
const REDO_ON = "UPDATE redo SET kind = ?, key = ? WHERE session = ?";

function begin(lastChange: number): Progress {
  return {
    seen: mapKinds(() => lastChange),
    low: mapKinds(() => ({ seq: lastChange, key: Number.MAX_SAFE_INTEGER })),
  };
}
