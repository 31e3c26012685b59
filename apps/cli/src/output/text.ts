/** `1 session`, `2,000 sessions`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

/** `45.7 MB`, of 1,000,000 bytes each. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toLocaleString("en-US", { maximumFractionDigits: 1 })} MB`;
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

/** How long something took (ms), as a person reads it: `147 ms`, `6.2 s`, `3 min 5 s`, `2 h 3 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 10) return `${(ms / 1_000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60).toLocaleString("en-US")} h ${minutes % 60} min`;
}

/** The printable lines of a text, each two columns in; none of an empty one. */
export function indented(text: string): string[] {
  const lines = printable(text).trimEnd();
  return lines === "" ? [] : lines.split("\n").map((line) => (line === "" ? "" : `  ${line}`));
}

/** `1,000 in, 20 tokens out`; empty where none are known. */
export function tokens(row: {
  promptTokens: number | null;
  completionTokens: number | null;
}): string {
  const { promptTokens, completionTokens } = row;
  if (!promptTokens && !completionTokens) return "";
  return `${(promptTokens ?? 0).toLocaleString("en-US")} in, ${count(completionTokens ?? 0, "token")} out`;
}

/** How much is missing of a text whose whole has so many bytes of UTF-8; null where nothing is. */
export function cutOf(text: string | null, bytes: number | null): string | null {
  const kept = Buffer.byteLength(text ?? "");
  if (bytes === null || bytes <= kept) return null;
  if (kept === 0) return `${count(bytes, "byte")}, not kept`;
  return `cut: ${kept.toLocaleString("en-US")} of ${count(bytes, "byte")}`;
}
