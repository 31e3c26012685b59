import { readFileSync } from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import { initialState, type State, translate } from "@duolog/opencode-plugin/translate";
import { type MergedRow, MergedRows } from "../harness/mergedRows.ts";
import type { Calls } from "./opencodeCallRows.ts";
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

/** Rows of each entity with all that the merge keeps. */
export interface FullRows {
  sessions: MergedRow<"session">[];
  messages: MergedRow<"message">[];
  toolCalls: MergedRow<"toolCall">[];
  events: MergedRow<"event">[];
}

/** Merges the records by the daemon's own rules, sorted by session and id. @throws at a conflict */
export function mergeAll(records: IngestRecord[]): FullRows {
  const merged = new MergedRows().add(records);
  return {
    sessions: merged.of("session"),
    messages: merged.of("message"),
    toolCalls: merged.of("toolCall"),
    events: merged.of("event"),
  };
}

/** The rows less what merging adds of its own. */
export function factsOf({ sessions, messages, toolCalls, events }: FullRows): Rows & Calls {
  return {
    sessions: sessions.map(withoutStamps),
    messages: messages.map(withoutStamps),
    toolCalls: toolCalls.map(withoutStamps),
    events: events.map(withoutStamps),
  };
}

/** The expected rows in the order of mergeAll. */
export function inOrder({ sessions, messages, toolCalls, events }: Rows & Calls): Rows & Calls {
  const keyOf = (row: { id: string; sessionId?: string }) => `${row.sessionId ?? ""} ${row.id}`;
  const sorted = <Row extends { id: string }>(rows: Row[]) =>
    rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {
    sessions: sorted(sessions),
    messages: sorted(messages),
    toolCalls: sorted(toolCalls),
    events: sorted(events),
  };
}

function withoutStamps<Row extends { observedAt: unknown; observedSeq: unknown; stamps: unknown }>(
  row: Row,
) {
  const { observedAt: _at, observedSeq: _seq, stamps: _stamps, ...facts } = row;
  return facts;
}
