import type { UsageState } from "@duolog/contract";
import type Database from "libsql";
import { type Belonging, metaWriter, openDerived, readMeta } from "../derived/derivedFile.ts";
import type { Connection } from "../record/connection.ts";
import { PartsReader } from "./partsReader.ts";
import { countUnpriced, type FindRates, forgetPrices, priceSome } from "./pricing.ts";
import { Rollup } from "./rollup.ts";
import { SCHEMA, USAGE_VERSION } from "./schema.ts";

/** From when to when answers are known, epoch ms. */
export interface Span {
  first: number;
  last: number;
}

/** The open file of totals. What goes wrong is thrown as SQLite and fs do, of the record as StorageError. */
export class UsageTotals {
  readonly #db: Database.Database;
  readonly #rollup: Rollup;
  readonly #note: (name: string, value: string) => void;
  /** What is added up, to be read. */
  readonly reader: PartsReader;

  /** Opens it, or begins a new one. */
  constructor(file: string, belonging: Belonging, record: Connection) {
    this.#db = openDerived(file, { version: USAGE_VERSION, schema: SCHEMA }, belonging);
    this.#note = metaWriter(this.#db);
    this.reader = new PartsReader(this.#db);
    this.#rollup = new Rollup(this.#db, record, readMeta(this.#db, "seen"));
  }

  /** Takes up to 500 changes in, or adds a session up; false where there is nothing to do. */
  turn(lastChange: number): Promise<boolean> {
    return this.#rollup.turn(lastChange, (seen) => {
      this.#note("seen", seen);
      this.#note("lastChange", String(lastChange));
    });
  }

  hasAll(lastChange: number): boolean {
    const { sessions, isSure } = this.#rollup.behind(lastChange);
    return isSure && sessions === 0;
  }

  state(lastChange: number): UsageState {
    return { ...this.#rollup.behind(lastChange), unpriced: countUnpriced(this.#db) };
  }

  /** Has what follows priced by this list; where it is another than before, everything again. */
  priceBy(list: string): void {
    if (readMeta(this.#db, "prices") === list) return;
    forgetPrices(this.#db);
    this.#note("prices", list);
  }

  /** Prices up to 500 sums; false where all are. */
  price(find: FindRates): boolean {
    return priceSome(this.#db, find);
  }

  /** Null where nothing is known. */
  span(): Span | null {
    const sql = "SELECT MIN(first) AS first, MAX(last) AS last FROM used";
    const [row] = this.#db.prepare(sql).all() as Partial<Span>[];
    return typeof row?.first === "number" ? (row as Span) : null;
  }

  close(): void {
    this.#db.close();
  }
}
