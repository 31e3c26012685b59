import type { RpcReader } from "@duolog/client";
import type { Filter, SessionSummary } from "@duolog/contract/server";
import { findSession } from "../commands/reading/findSession.ts";
import type { CleanReader } from "./reading/CleanReader.ts";

/** Whether a session has been exported, within the one that started it. */
export type IsTaken = (id: string) => boolean;

/** The sessions that are named, each once. Throws Failure where one is not there, before any is read. */
export async function namedSessions(
  reader: RpcReader,
  named: readonly string[],
  { source, project }: Filter,
): Promise<string[]> {
  const ids = new Set<string>();
  for (const ref of named) ids.add((await findSession(reader, { ref, source, project })).id);
  return [...ids];
}

/**
 * All sessions for which the filter holds, clean. One that another one started comes last, and only
 * where it has not been exported within that.
 */
export async function* allSessions(
  reader: CleanReader,
  filter: Filter,
  isTaken: IsTaken,
): AsyncGenerator<SessionSummary> {
  const started: string[] = [];
  for await (const sessions of reader.sessions(filter)) {
    for (const session of sessions) {
      if (session.parentId === null) yield session;
      else started.push(session.id);
    }
  }
  yield* sessionsOf(reader, started, isTaken);
}

/** The sessions of these ids, clean, as far as they are still there. */
export async function* sessionsOf(
  reader: CleanReader,
  ids: readonly string[],
  isTaken: IsTaken = () => false,
): AsyncGenerator<SessionSummary> {
  for (const id of ids) {
    const session = isTaken(id) ? null : await reader.session(id);
    if (session !== null) yield session;
  }
}
