import { join } from "node:path";
import { queryRows } from "../../harness/rows.ts";
import type { Rows } from "./rows.ts";

/** An event of a session, as the record has it. */
interface EventRow {
  kind: string;
  text: string | null;
  data: string | null;
}

/**
 * The events of a session in the order in which they happened, each as its kind and what tells it
 * best: `rename: My name`, `permission: reject`.
 */
export function happened(dataDir: string, session: string): string[] {
  const sql = `SELECT kind, text, data FROM session_events WHERE session_id = ?
    ORDER BY created_at, rowid`;
  return queryRows<EventRow>(join(dataDir, "duolog.db"), sql, session).map(
    ({ kind, text, data }) => `${kind}: ${point(JSON.parse(data ?? "{}"), text)}`,
  );
}

function point(data: Record<string, string | undefined>, text: string | null): string {
  const said = data.decision ?? data.trigger ?? data.what ?? data.permission;
  return said ?? text ?? Object.keys(data).join(" ");
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

/** Who said what, by time: `user: hello`. A message without text, as of tool calls only, is `-`. */
export function spoken(rows: Rows): string[] {
  return rows.messages
    .toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))
    .map(({ role, text }) => `${role}: ${text ?? "-"}`);
}

/** The rows of a session and of all sub-agents' sessions below it. */
export function within(rows: Rows, id: string): Rows {
  const ids = new Set([id]);
  for (let size = 0; size < ids.size; ) {
    size = ids.size;
    for (const { id, parentId } of rows.sessions) if (ids.has(parentId ?? "")) ids.add(id);
  }
  const isWithin = ({ sessionId }: { sessionId: string }) => ids.has(sessionId);
  return {
    sessions: rows.sessions.filter((session) => ids.has(session.id)),
    messages: rows.messages.filter(isWithin),
    toolCalls: rows.toolCalls.filter(isWithin),
  };
}

/** The texts of the messages that were removed, by time. */
export function removedFrom(dataDir: string): string[] {
  const sql = "SELECT text_content text FROM messages WHERE removed_at > 0 ORDER BY created_at";
  return queryRows<{ text: string }>(join(dataDir, "duolog.db"), sql).map(({ text }) => text);
}
