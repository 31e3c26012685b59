import { entities, type Kind } from "@duolog/contract";

type Fields = Record<string, unknown>;

/** The fields of a kind whose text may lie outside the row. */
export function longFields(kind: Kind): string[] {
  return entities[kind].long.map(({ text }) => text);
}

/** The hashes of the texts of these fields that lie outside these rows. */
export function hashesIn(kind: Kind, rows: object[], fields = longFields(kind)): string[] {
  const long = entities[kind].long.filter(({ text }) => fields.includes(text));
  const hashes = rows.flatMap((row) => long.map(({ hash }) => (row as Fields)[hash]));
  return hashes.filter((hash) => typeof hash === "string");
}

/** Puts long texts, known by their hashes, into the rows that they lie outside of. */
export function fillIn(kind: Kind, rows: object[], texts: ReadonlyMap<string, string>): void {
  for (const { text, hash } of entities[kind].long) {
    for (const row of rows as Fields[]) row[text] ??= texts.get(row[hash] as string) ?? null;
  }
}
