import type { Kind } from "@duolog/contract";
import { type MaskOptions, mask } from "./mask.ts";
import type { Scanner } from "./Scanner.ts";
import { TEXT_FIELDS } from "./textFields.ts";

/** Stands in place of a text of which nobody knows whether it is clean. */
const LEFT_OUT = "[left out: could not be scanned for secrets in time]";

/** Rows whose texts are clean, and how many texts were left out of them. */
export interface Masked<T> {
  rows: T[];
  leftOut: number;
}

/** The rows with all their texts masked. Rejects as `mask` does. */
export async function maskRows<T extends object>(
  scanner: Scanner,
  kind: Kind,
  rows: readonly T[],
  options: MaskOptions,
): Promise<Masked<T>> {
  const texts = rows.flatMap((row) => textsOf(kind, row).map(([, text]) => text));
  const clean = await mask(scanner, texts, options);
  let next = 0;
  const masked = rows.map((row) => {
    const fields = textsOf(kind, row).map(([field]) => [field, clean[next++] ?? LEFT_OUT]);
    return { ...row, ...Object.fromEntries(fields) };
  });
  return { rows: masked, leftOut: clean.filter((text) => text === null).length };
}

function textsOf(kind: Kind, row: object): [field: string, text: string][] {
  return TEXT_FIELDS[kind].flatMap((field): [string, string][] => {
    const text = (row as Record<string, unknown>)[field];
    return typeof text === "string" && text !== "" ? [[field, text]] : [];
  });
}
