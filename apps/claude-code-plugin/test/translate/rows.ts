import { fileURLToPath } from "node:url";
import type { IngestRecord, Kind } from "@duolog/contract";
import { MergedRows } from "../../../../test/harness/mergedRows.ts";

export const FIXTURES = fileURLToPath(
  new URL("../../../../test/fixtures/claude-code/", import.meta.url),
);

export type Row = Record<string, unknown>;

/** What the records make of an empty database, as the daemon does it; it must not matter when. */
export class Rows {
  readonly #merged = new MergedRows();

  add(records: readonly IngestRecord[]): this {
    this.#merged.add(records, 4_000_000_000_000);
    return this;
  }

  /** Everything, stamps too: two ways of reading must agree on all of it. */
  all(): Told {
    const of = (kind: Kind): Row[] => this.#merged.of(kind).map((row) => ({ ...row }));
    return {
      sessions: of("session"),
      messages: of("message"),
      toolCalls: of("toolCall"),
      events: of("event"),
    };
  }

  /** What a person sees: present values, without the merge's own. */
  told(): Told {
    const { sessions, messages, toolCalls, events } = this.all();
    return {
      sessions: sessions.map(present),
      messages: messages.map(present),
      toolCalls: toolCalls.map(present),
      events: events.map(present),
    };
  }
}

/** The rows of each entity, in the order of their keys. */
export interface Told {
  sessions: Row[];
  messages: Row[];
  toolCalls: Row[];
  events: Row[];
}

const OWN = new Set(["observedAt", "observedSeq", "stamps"]);

/** What a person sees of a row: nothing was inferred where nothing says so. */
export function present(row: Row): Row {
  const seen = Object.entries(row).filter(
    ([key, value]) => value !== null && !OWN.has(key) && !(key.endsWith("Inferred") && !value),
  );
  return Object.fromEntries(seen);
}

/** Expected rows in the order of `all`. */
export function inOrder(expected: { sessions: Row[]; messages: Row[] }) {
  const by = (key: (row: Row) => string) => (a: Row, b: Row) => (key(a) < key(b) ? -1 : 1);
  return {
    sessions: expected.sessions.map(present).sort(by((row) => String(row.id))),
    messages: expected.messages.map(present).sort(by((row) => `${row.sessionId} ${row.id}`)),
  };
}
