import type { Values } from "./values.ts";

/** The text begins with this one, whatever its case (of ASCII). */
export function startsWith(sql: string, text: string, values: Values): string {
  const beginning = `substr(${sql}, 1, ${lengthOf(text)})`;
  return `${beginning} = ${values.add(text)} COLLATE NOCASE`;
}

/** The text is one of these. */
export function isIn(sql: string, texts: string[], values: Values): string {
  return `(${sql} IN (SELECT value FROM json_each(${values.add(texts)})))`;
}

/** The path is this one, or below it. */
export function isAt(sql: string, path: string, values: Values): string {
  const directory = path.replace(/\/+$/, "");
  const below = `${directory}/`;
  const isBelow = `substr(${sql}, 1, ${lengthOf(below)}) = ${values.add(below)}`;
  return `(${sql} = ${values.add(directory || "/")} OR ${isBelow})`;
}

/** The path is this one, or ends with it from a `/` on. */
export function endsAt(sql: string, path: string, values: Values): string {
  const end = path.startsWith("/") ? path : `/${path}`;
  const isEnd = `substr(${sql}, -${lengthOf(end)}) = ${values.add(end)}`;
  return `(${sql} = ${values.add(path)} OR ${isEnd})`;
}

/** As SQLite counts: characters, not units of UTF-16. */
function lengthOf(text: string): number {
  return [...text].length;
}
