import { type IngestRecord, type Kind, mapKinds, type RowOf } from "@duolog/contract";
import { mergeBatch } from "../../apps/daemon/src/services/batch.ts";
import type { Key } from "../../apps/daemon/src/storage/record/rows.ts";
import type { Written } from "../../apps/daemon/src/storage/record/table.ts";

/** A row less what the write gives it. */
export type MergedRow<K extends Kind> = Omit<RowOf<K>, "key" | "changedSeq">;

/** What records make of an empty record, by the daemon's own merge and without its file. */
export class MergedRows {
  readonly #rows = mapKinds(() => new Map<string, object>());

  /** @throws where the merge refuses one */
  add(records: readonly IngestRecord[], at = 0): this {
    for (const record of records) {
      const item = { record, capture: { at, inferredSource: null }, texts: [], length: 0 };
      const { results, changed } = mergeBatch([item], {
        read: (kind, keys) => this.#read(kind, keys),
      });
      const [result] = results;
      if (result && !result.ok) throw new Error(`${result.error.message} (${record.data.id})`);
      for (const [kind, rows] of changed) for (const row of rows) this.#keep(kind, row);
    }
    return this;
  }

  #read<K extends Kind>(kind: K, keys: Key[]): Written<K>[] {
    const found = keys.map((key) => this.#rows[kind].get(key.join(" ")));
    return found.filter((row) => row !== undefined) as Written<K>[];
  }

  #keep(kind: Kind, { changedSeq: _, ...row }: { changedSeq: number }): void {
    this.#rows[kind].set(keyOf(row), row);
  }

  /** The rows of a kind, by session and id. */
  of<K extends Kind>(kind: K): MergedRow<K>[] {
    const rows = [...this.#rows[kind]].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([, row]) => row as MergedRow<K>);
  }
}

function keyOf(row: object): string {
  const { sessionId, id } = row as { sessionId?: string; id: string };
  return sessionId === undefined ? id : `${sessionId} ${id}`;
}
