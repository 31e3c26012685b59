import type { Source } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { readPages, readThroughDaemon } from "../daemon/read.ts";
import { type Output, show } from "../output/output.ts";
import { columns, oneLine, when } from "../output/text.ts";
import type { Place } from "../place.ts";

/** At most `limit` sessions, of one source or of all. */
export interface SessionsQuery {
  limit: number;
  source: Source | undefined;
}

/** Lists sessions, the latest first. */
export async function sessions(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: SessionsQuery,
  output: Output,
): Promise<void> {
  const { limit, source } = query;
  const found = await readThroughDaemon(place, env, (reader) =>
    readPages(limit, (size, cursor) => reader.session.list({ limit: size, cursor, source })),
  );
  show(output, found, sessionsText);
}

const HEADINGS = ["UPDATED", "SOURCE", "MESSAGES", "CALLS", "PROJECT", "TITLE", "ID"];

function sessionsText(found: SessionSummary[]): string {
  if (!found.length) return "no sessions yet\n";
  return columns([HEADINGS, ...found.map(sessionRow)]);
}

function sessionRow(session: SessionSummary): string[] {
  const { updatedAt, source, messageCount, toolCallCount, projectName, title, id } = session;
  return [
    when(updatedAt),
    source ?? "-",
    String(messageCount),
    String(toolCallCount),
    oneLine(projectName, 20) || "-",
    oneLine(title, 48) || "-",
    oneLine(id, 80),
  ];
}
