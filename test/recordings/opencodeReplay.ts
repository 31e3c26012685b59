import { readFileSync } from "node:fs";
import { entities, type IngestRecord } from "@duolog/contract";
import { initialState, type State, translate } from "@duolog/opencode-plugin/translate";
import { type MergedRow, merge } from "../../apps/daemon/src/core/merge.ts";
import type { Rows } from "./opencodeRows.ts";

/** An event as OpenCode's plugin got it, and when (epoch ms). */
export interface Captured {
  t: number;
  event: { id: string; type: string; properties: Record<string, unknown> };
}

/** The events of a recording in test/fixtures/opencode, in order. */
export function readRecording(name: string): Captured[] {
  const file = new URL(`../fixtures/opencode/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Captured & { kind: string })
    .filter(({ kind }) => kind === "event");
}

/** What one plugin process records of the events. @throws where any is rejected */
export function translateAll(events: Captured[]): IngestRecord[] {
  let state: State = initialState;
  return events.flatMap(({ event, t }) => {
    const [next, results] = translate(state, event, t);
    state = next;
    return results.map((result) => {
      if (result.kind === "rejected") throw new Error(result.reason);
      return result;
    });
  });
}

/** Rows with all that the merge keeps. */
export interface FullRows {
  sessions: MergedRow<"session">[];
  messages: MergedRow<"message">[];
}

/** Merges the records by the daemon's own rules, sorted by session and id. @throws at a conflict */
export function mergeAll(records: IngestRecord[]): FullRows {
  const sessions = new Map<string, MergedRow<"session">>();
  const messages = new Map<string, MergedRow<"message">>();
  const capture = { at: 0, inferredSource: null };
  for (const record of records) {
    if (record.kind === "session") {
      const { id } = record.data;
      keep(sessions, id, merge(entities.session, sessions.get(id) ?? null, record.data, capture));
    } else {
      const key = `${record.data.sessionId} ${record.data.id}`;
      keep(messages, key, merge(entities.message, messages.get(key) ?? null, record.data, capture));
    }
  }
  return { sessions: sorted(sessions), messages: sorted(messages) };
}

/** The rows less what merging adds of its own. */
export function factsOf({ sessions, messages }: FullRows): Rows {
  return { sessions: sessions.map(withoutStamps), messages: messages.map(withoutStamps) };
}

/** The expected rows in the order of mergeAll. */
export function inOrder(rows: Rows): Rows {
  const by = (key: string, other: string) => (key < other ? -1 : 1);
  return {
    sessions: rows.sessions.toSorted((a, b) => by(a.id, b.id)),
    messages: rows.messages.toSorted((a, b) =>
      by(`${a.sessionId} ${a.id}`, `${b.sessionId} ${b.id}`),
    ),
  };
}

function keep<Row>(
  rows: Map<string, Row>,
  key: string,
  merged:
    | { kind: "unchanged" }
    | { kind: "changed"; row: Row }
    | { kind: "conflict"; field: string },
): void {
  if (merged.kind === "conflict") throw new Error(`conflict at ${merged.field} of ${key}`);
  if (merged.kind === "changed") rows.set(key, merged.row);
}

function sorted<Row>(rows: Map<string, Row>): Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function withoutStamps<Row extends MergedRow<"session"> | MergedRow<"message">>(row: Row) {
  const { observedAt: _at, observedSeq: _seq, stamps: _stamps, ...facts } = row;
  return facts;
}
