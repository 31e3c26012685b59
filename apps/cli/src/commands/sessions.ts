import type { Filter, SessionSummary } from "@duolog/contract/server";
import { readPages, readThroughDaemon } from "../daemon/read.ts";
import { type Output, show } from "../output/output.ts";
import { columns, oneLine, when } from "../output/text.ts";
import type { Place } from "../place.ts";

/** At most `limit` sessions for which the filter holds. */
export interface SessionsQuery {
  limit: number;
  filter: Filter;
}

/** Lists sessions, the latest first. */
export async function sessions(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: SessionsQuery,
  output: Output,
): Promise<void> {
  const { limit, filter } = query;
  const found = await readThroughDaemon(place, env, (reader) =>
    readPages(limit, (size, cursor) => reader.session.list({ ...filter, limit: size, cursor })),
  );
  const isNarrowed = Object.values(filter).some((value) => value !== undefined);
  const none = isNarrowed ? "no such session\n" : "no sessions yet\n";
  show(output, found, () => (found.length > 0 ? sessionsText(found) : none));
}

const HEADINGS = ["UPDATED", "SOURCE", "MESSAGES", "CALLS", "PROJECT", "TITLE", "ID"];

function sessionsText(found: SessionSummary[]): string {
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
