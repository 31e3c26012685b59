import type { Cell } from "@duolog/daemon/storage";
import { columns as aligned, oneLine } from "../output/text.ts";

/** Rows as CSV (RFC 4180): a text that holds a comma, a quote or a line's end in quotes, NULL empty. */
export function csvOf(rows: Cell[][]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row as an object for JSON; of two columns of a name the last. Integers beyond 2^53 are texts. */
export function objectOf(names: string[], row: Cell[]): Record<string, unknown> {
  const cells = row.map((cell) => (typeof cell === "bigint" ? String(cell) : cell));
  return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
}

/** Widest cell of a table, in characters. */
const WIDEST = 80;

/** Rows as aligned columns under their names, each value on its line. */
export function tableOf(names: string[], rows: Cell[][]): string {
  const cells = (row: Cell[]) => row.map((cell) => oneLine(String(cell ?? "NULL"), WIDEST));
  return aligned([names.map((name) => oneLine(name, WIDEST)), ...rows.map(cells)]);
}
