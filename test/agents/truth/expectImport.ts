import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { allRows, importInto } from "../../import/records.ts";
import { createWorkspace } from "../run/workspace.ts";

type Row = Record<string, unknown>;

/** What an import can't know, as only events or hooks tell it that the agent keeps nowhere. */
export interface Untold {
  /** Columns of sessions. */
  columns: string[];
  /** Kinds of session events. */
  kinds: string[];
}

/** What depends on the way by which a row came. */
const OWN = ["observed_at", "observed_seq", "stamps"];

/**
 * An import into a data directory of its own gives the rows of live capture, and one into that
 * record itself brings nothing new.
 * @param args what is to be imported, as `duolog import` takes it
 */
export async function expectImport(dataDir: string, args: string[], untold: Untold): Promise<void> {
  await using other = createWorkspace(inject("runRoot"));
  await other.duolog("start");
  const found = importInto(other.dataDir, args);
  expect(found).toMatchObject({ refused: 0, unreadable: 0 });
  expect(rowsIn(other.dataDir, untold)).toEqual(rowsIn(dataDir, untold));
  expect(readdirSync(join(other.dataDir, "rejected"))).toEqual([]);
  const before = allRows(join(dataDir, "duolog.db"));
  expect(importInto(dataDir, args)).toEqual({ ...found, changed: 0 });
  expect(allRows(join(dataDir, "duolog.db"))).toEqual(before);
}

function rowsIn(dataDir: string, { columns, kinds }: Untold) {
  const { sessions, messages, toolCalls, events, blobs } = allRows(join(dataDir, "duolog.db"));
  return {
    sessions: without(sessions, [...OWN, ...columns]),
    messages: without(messages, OWN),
    toolCalls: without(toolCalls, OWN),
    events: without(
      events.filter(({ kind }) => !kinds.includes(String(kind))),
      OWN,
    ),
    blobs,
  };
}

function without(rows: Row[], columns: string[]): Row[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column))),
  );
}
