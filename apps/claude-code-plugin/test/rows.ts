import { fileURLToPath } from "node:url";
import { entities, type IngestRecord } from "@duolog/contract";
// The daemon's merge is pure and imports nothing but the contract; only tests may reach into it.
import { blankRow, type MergedRow, merge } from "../../daemon/src/core/merge.ts";

export const FIXTURES = fileURLToPath(
  new URL("../../../test/fixtures/claude-code/", import.meta.url),
);

export type Row = Record<string, unknown>;

/** What the records make of an empty database, as the daemon does it; it must not matter when. */
export class Rows {
  readonly #sessions = new Map<string, Row>();
  readonly #messages = new Map<string, Row>();

  add(records: readonly IngestRecord[]): this {
    for (const record of records) this.#addOne(record);
    return this;
  }

  #addOne(record: IngestRecord): void {
    const capture = { at: 4_000_000_000_000, inferredSource: null };
    if (record.kind === "session") {
      const { id } = record.data;
      const row = (this.#sessions.get(id) ?? null) as MergedRow<"session"> | null;
      this.#keep(this.#sessions, id, merge(entities.session, row, record.data, capture));
      return;
    }
    const { id, sessionId } = record.data;
    if (!this.#sessions.has(sessionId)) {
      this.#sessions.set(sessionId, { ...blankRow(entities.session, { id: sessionId }) });
    }
    const key = `${sessionId} ${id}`;
    const row = (this.#messages.get(key) ?? null) as MergedRow<"message"> | null;
    this.#keep(this.#messages, key, merge(entities.message, row, record.data, capture));
  }

  #keep(rows: Map<string, Row>, key: string, merged: { kind: string; row?: object }): void {
    if (merged.kind === "conflict") throw new Error(`conflict at ${key}`);
    if (merged.row) rows.set(key, { ...merged.row });
  }

  /** Everything, stamps too: two ways of reading must agree on all of it. */
  all(): { sessions: Row[]; messages: Row[] } {
    return { sessions: sorted(this.#sessions), messages: sorted(this.#messages) };
  }

  /** What a person sees: present values, without the merge's own. */
  told(): { sessions: Row[]; messages: Row[] } {
    const { sessions, messages } = this.all();
    return { sessions: sessions.map(present), messages: messages.map(present) };
  }
}

function sorted(rows: Map<string, Row>): Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const OWN = new Set(["observedAt", "observedSeq", "stamps"]);

export function present(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([key, value]) => value !== null && !OWN.has(key)),
  );
}

/** Expected rows in the order of `all`. */
export function inOrder(expected: { sessions: Row[]; messages: Row[] }) {
  const by = (key: (row: Row) => string) => (a: Row, b: Row) => (key(a) < key(b) ? -1 : 1);
  return {
    sessions: expected.sessions.map(present).sort(by((row) => String(row.id))),
    messages: expected.messages.map(present).sort(by((row) => `${row.sessionId} ${row.id}`)),
  };
}
