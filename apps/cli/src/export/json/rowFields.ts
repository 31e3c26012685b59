import { entities, type Kind, mapKinds } from "@duolog/contract";

/** What the daemon needs for itself: numbers, hashes and times of the merge, which say nothing of the session. */
const INNER = new Set([
  "key",
  "inputHash",
  "outputHash",
  "reasoningHash",
  "stamps",
  "changedSeq",
  "observedSeq",
]);

/** What a session is told with besides its columns. */
export const SUMMARY_FIELDS = ["messageCount", "toolCallCount", "ended"] as const;

/** The fields that an export has of each entity, in the order of the columns. */
export const EXPORTED: Readonly<Record<Kind, readonly string[]>> = mapKinds((kind) => [
  ...Object.keys(entities[kind].columns).filter((field) => !INNER.has(field)),
  ...(kind === "session" ? SUMMARY_FIELDS : []),
]);

/** A row as it is exported: all of those fields, null where nothing is known. */
export function exportedRow(kind: Kind, row: object): Record<string, unknown> {
  const values = row as Record<string, unknown>;
  return Object.fromEntries(EXPORTED[kind].map((field) => [field, values[field] ?? null]));
}
