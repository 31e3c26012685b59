/** `1 session`, `2,000 sessions`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Largest time of JavaScript's Date, less a day for the zone, ms. Rows of old files may hold any. */
const MOST = 8.64e15 - 86_400_000;

/** A time (epoch ms) as a person reads it, in the local zone. */
export function when(ms: number | null): string {
  if (ms === null || Math.abs(ms) > MOST) return "-";
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16).replace("T", " ");
}

/** One line, no control characters (a title must not steer the terminal), at most `width` columns. */
export function oneLine(text: string | null, width: number): string {
  const line = (text ?? "").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  const shown = [...line];
  return shown.length > width ? `${shown.slice(0, width - 1).join("")}…` : line;
}

/** Text of several lines without what steers a terminal. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "");
}

/** Rows as aligned columns, each as wide as its widest cell. */
export function columns(rows: string[][]): string {
  const widthOf = (row: string[], column: number) => [...(row[column] ?? "")].length;
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row, column)), 0),
  );
  const line = (row: string[]) =>
    row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length));
  return rows.map((row) => `${line(row).join("  ").trimEnd()}\n`).join("");
}
