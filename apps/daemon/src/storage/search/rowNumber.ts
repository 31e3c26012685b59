import type { ChildKind, SearchScope } from "@duolog/contract";

/** A row of the record, as the index refers to it. */
export interface RowRef {
  kind: ChildKind;
  key: number;
}

/** One number for a row of a scope: messages and events share one. */
export function rowNumber(kind: ChildKind, key: number): number {
  return key * 2 + Number(kind === "event");
}

/** The row that has the number. */
export function rowOf(scope: SearchScope, number: number): RowRef {
  return { kind: kindOf(scope, number % 2 === 1), key: Math.floor(number / 2) };
}

function kindOf(scope: SearchScope, isEvent: boolean): ChildKind {
  if (isEvent) return "event";
  return scope === "tools" || scope === "outputs" ? "toolCall" : "message";
}
