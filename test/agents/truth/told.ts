import { join } from "node:path";
import { queryRows } from "../../harness/rows.ts";
import type { Rows } from "./rows.ts";

/** An event of a session, as the record has it. */
export interface EventRow {
  kind: string;
  text: string | null;
  data: string | null;
}

/** The events of some kinds, or of all, in the order in which they happened. */
export function eventsOf(dataDir: string, ...kinds: string[]): EventRow[] {
  const sql = "SELECT kind, text, data FROM session_events ORDER BY created_at, id";
  return queryRows<EventRow>(join(dataDir, "duolog.db"), sql).filter(
    ({ kind }) => kinds.length === 0 || kinds.includes(kind),
  );
}

/** The tool calls by time: `shell error: echo half; exit 3`. */
export function called(rows: Rows): string[] {
  return rows.toolCalls
    .toSorted(
      (a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.position ?? 0) - (b.position ?? 0),
    )
    .map(({ kind, status, input }) => `${kind} ${status}: ${gist(input)}`);
}

/** What a call is about: its command, path or prompt. */
function gist(input: unknown): string {
  const { command, file_path, filePath, prompt } = input as Record<string, string | undefined>;
  return command ?? file_path ?? filePath ?? prompt ?? JSON.stringify(input);
}
