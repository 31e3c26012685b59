import type { Rows, SessionRow } from "../rows.ts";

/** What a session counts. */
const COUNTED = [
  "promptTokens",
  "completionTokens",
  "reasoningTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cost",
] as const;

/**
 * The rows with the largest totals that a session was ever seen with: OpenCode takes out of them
 * what a revert takes out of the session, while the record keeps the larger (M4) beside the messages.
 */
export function withLargest(read: () => Rows): () => Rows {
  const seen = new Map<string, SessionRow>();
  return () => {
    const rows = read();
    const sessions = rows.sessions.map((session) => larger(session, seen.get(session.id)));
    for (const session of sessions) seen.set(session.id, session);
    return { ...rows, sessions };
  };
}

function larger(session: SessionRow, before: SessionRow | undefined): SessionRow {
  const counted = COUNTED.map((name) => [
    name,
    before === undefined ? session[name] : Math.max(session[name] ?? 0, before[name] ?? 0),
  ]);
  return { ...session, ...Object.fromEntries(counted) };
}
