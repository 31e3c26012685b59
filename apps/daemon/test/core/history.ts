import { entities, type MessageUpsert, type SessionUpsert, type Source } from "@duolog/contract";
import { type Capture, type Merged, type MergedRow, merge } from "../../src/core/merge.ts";
import { T } from "../rows.ts";

export type SessionStep = Omit<SessionUpsert, "id"> & { via?: Source };
export type MessageStep = Omit<MessageUpsert, "id" | "sessionId"> & { via?: Source };

/** Later than every time in the tests. */
export const ARRIVAL = T + 1_000_000;

export function capture(via: Source | undefined): Capture {
  return { at: ARRIVAL, inferredSource: via ?? null };
}

/** What remains of a history: the row, and the field that the last step was refused for. */
export interface Outcome<Row> {
  row: Row;
  conflict: string | null;
  changed: boolean[];
}

export function replay<Step extends { via?: Source }, Row>(
  steps: Step[],
  mergeOne: (row: Row | null, fields: Omit<Step, "via">, at: Capture) => Merged<Row>,
): Outcome<Row> {
  const outcome: Outcome<Row | null> = { row: null, conflict: null, changed: [] };
  for (const { via, ...fields } of steps) {
    const merged = mergeOne(outcome.row, fields, capture(via));
    if (merged.kind === "changed") outcome.row = merged.row;
    outcome.conflict = merged.kind === "conflict" ? merged.field : null;
    outcome.changed.push(merged.kind === "changed");
  }
  return outcome as Outcome<Row>;
}

export const session = (...steps: SessionStep[]) =>
  replay<SessionStep, MergedRow<"session">>(steps, (row, fields, at) =>
    merge(entities.session, row, { id: "s", ...fields }, at),
  );

export const message = (...steps: MessageStep[]) =>
  replay<MessageStep, MergedRow<"message">>(steps, (row, fields, at) =>
    merge(entities.message, row, { id: "m", sessionId: "s", ...fields }, at),
  );
