/** A secret in a text: what kind, and where, in UTF-16 units. */
export interface Found {
  kind: string;
  start: number;
  end: number;
}

/** The secrets in order; those that overlap are one, of the kind of the longest among them. */
export function united(found: readonly Found[]): Found[] {
  const inOrder = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const all: (Found & { longest: number })[] = [];
  for (const { kind, start, end } of inOrder) {
    const last = all.at(-1);
    if (last === undefined || start >= last.end) {
      all.push({ kind, start, end, longest: end - start });
      continue;
    }
    if (end - start > last.longest) Object.assign(last, { kind, longest: end - start });
    last.end = Math.max(last.end, end);
  }
  return all.map(({ kind, start, end }) => ({ kind, start, end }));
}

/** The text with `[redacted:<kind>]` in place of each secret. */
export function masked(text: string, found: readonly Found[]): string {
  let clean = "";
  let at = 0;
  for (const { kind, start, end } of united(found)) {
    clean += `${text.slice(at, start)}[redacted:${kind}]`;
    at = end;
  }
  return clean + text.slice(at);
}
