/**
 * A file as the URI by which SQLite only reads it. libsql takes its option `readonly` and opens for
 * writing all the same; the last one to close such a file moves its WAL into it.
 */
export function readOnlyUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23")}?mode=ro`;
}
