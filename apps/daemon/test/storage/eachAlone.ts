import type { Kind } from "@duolog/contract";
import type { Key } from "../../src/storage/record/rows.ts";
import type { Written } from "../../src/storage/record/table.ts";
import type { Writer } from "../../src/storage/record/writer.ts";

/** A transaction's steps, each in one of its own. */
export function eachAlone({ transaction }: Writer) {
  return {
    read: <K extends Kind>(kind: K, keys: Key[]) => transaction((rows) => rows.read(kind, keys)),
    write: <K extends Kind>(kind: K, written: Written<K>[]) =>
      transaction((rows) => rows.write(kind, written)),
  };
}
