import { objectIn, parseObject } from "../parse.ts";
import type { Row } from "../row.ts";
import { type EventV2, known, timeOf } from "./event.ts";

/** The column of `session_v2` for each count of tokens. */
const TOKENS = [
  "tokens_input",
  "tokens_output",
  "tokens_reasoning",
  "tokens_cache_read",
  "tokens_cache_write",
] as const;

/** What else tells of a session's beginning than its own row. */
export interface Beginning {
  /** The id, without its prefix, of the event that made it a fork; null where no copy names it. */
  readonly forkId: string | null;
  /** The row of its first move to another directory: its own row has the last one. */
  readonly firstMove: Row | null;
}

/** What a row of `session_v2` tells of how the session began, as the events that told it. */
export function beginningOf(row: Row, { forkId, firstMove }: Beginning): EventV2[] {
  const created = timeOf(row.time_created, row.time_updated);
  const base = { sessionID: row.id };
  const before = objectIn(parseObject(firstMove?.data) ?? {}, "previous");
  const { directory } = objectIn(before, "location");
  const fork: EventV2 = {
    ...(forkId === null ? {} : { id: `evt_${forkId}` }),
    type: "session.forked",
    created,
    data: known({
      ...base,
      parentID: row.fork_session_id,
      boundary: parseObject(row.fork_boundary),
    }),
  };
  const session: EventV2 = {
    type: "session.created",
    created,
    data: known({
      ...base,
      projectID: before.projectID ?? row.project_id,
      parentID: row.parent_id,
      location: known({ directory: directory ?? row.directory, workspaceID: row.workspace_id }),
      slug: row.slug,
      agent: row.agent,
      model: parseObject(row.model),
      version: row.version,
    }),
  };
  return row.fork_session_id ? [fork, session] : [session];
}

/** What it tells of how the session is now: without an id, for no row says which event told it. */
export function presentOf(row: Row): EventV2[] {
  const created = timeOf(row.time_updated, row.time_created);
  const base = { sessionID: row.id };
  const renamed = { type: "session.renamed", created, data: { ...base, title: row.title } };
  const usage = { type: "session.usage.updated", created, data: { ...base, ...totalsOf(row) } };
  // The columns are 0 until something was used, of which an event tells.
  const isUsed = [row.cost, ...TOKENS.map((column) => row[column])].some(Boolean);
  return [...(row.title ? [renamed] : []), ...(isUsed ? [usage] : [])];
}

function totalsOf(row: Row): Row {
  const { cost, tokens_input: input, tokens_output: output, tokens_reasoning: reasoning } = row;
  const cache = { read: row.tokens_cache_read, write: row.tokens_cache_write };
  return { cost, tokens: { input, output, reasoning, cache } };
}

/** How the session last came to rest, where the row of that is gone (a revert takes it away). */
export function restOf(row: Row): EventV2[] {
  const { idle_outcome: outcome } = row;
  const created = timeOf(row.time_idle);
  if (typeof outcome !== "string" || created === 0) return [];
  return [{ type: `session.execution.${outcome}`, created, data: { sessionID: row.id } }];
}
