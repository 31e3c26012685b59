import { existsSync } from "node:fs";
import type { Cell } from "@duolog/daemon/storage";
import { Failure } from "../failure.ts";
import { quietJson } from "../output/output.ts";
import { count } from "../output/text.ts";
import type { Place } from "../place.ts";
import { ask } from "./ask.ts";
import { csvOf, objectOf, tableOf } from "./format.ts";

/** How the rows are written. */
export type QueryFormat = "table" | "json" | "csv";

export interface QueryOptions {
  sql: string;
  format: QueryFormat;
  /** After so long it is given up, ms. */
  limitMs: number;
  write: (text: string) => void;
}

/** A table shows no more: its columns are as wide as the widest of them. */
const MOST_SHOWN = 1_000;

/**
 * Runs one statement that reads, in a process of its own, on the record as it is, without the daemon.
 * Throws Failure where there is no record, SQLite refuses the statement, or it takes too long.
 */
export async function query(place: Place, options: QueryOptions): Promise<void> {
  const { database, root } = place.paths;
  if (!existsSync(database)) throw new Failure(`nothing is recorded yet in ${root}`);
  const told = ask({ database, sql: options.sql }, options.limitMs);
  await WRITERS[options.format](told, options.write);
}

type Portions = ReturnType<typeof ask>;
type Write = QueryOptions["write"];

const WRITERS: Record<QueryFormat, (told: Portions, write: Write) => Promise<void>> = {
  table: writeTable,
  json: writeJson,
  csv: writeCsv,
};

async function writeTable(told: Portions, write: Write): Promise<void> {
  let names: string[] = [];
  const shown: Cell[][] = [];
  let found = 0;
  for await (const portion of told) {
    if ("columns" in portion) names = portion.columns;
    else {
      found += portion.rows.length;
      shown.push(...portion.rows.slice(0, MOST_SHOWN - shown.length));
    }
  }
  write(tableOf(names, shown));
  if (found > shown.length) {
    write(`${count(found - shown.length, "row")} more: --csv and --json write all\n`);
  }
}

async function writeCsv(told: Portions, write: Write): Promise<void> {
  for await (const portion of told) {
    write(csvOf("columns" in portion ? [portion.columns] : portion.rows));
  }
}

/** One array, a row on a line; written as the rows come. */
async function writeJson(told: Portions, write: Write): Promise<void> {
  let names: string[] = [];
  let separator = "[";
  for await (const portion of told) {
    if ("columns" in portion) names = portion.columns;
    else {
      for (const row of portion.rows) {
        write(`${separator}\n${quietJson(objectOf(names, row), 0)}`);
        separator = ",";
      }
    }
  }
  write(separator === "[" ? "[]\n" : "\n]\n");
}
