import type { AgentCalls, AgentMessages } from "../../core/questions/agents.ts";
import type { Connection } from "../record/connection.ts";
import { rowBatches } from "./rowBatches.ts";

const MESSAGES = (from: string) => `SELECT json_group_array(json_object(
    'sessionId', session, 'agentId', agent_id, 'agent', agent, 'count', count, 'first', first, 'last', last
  )) AS json FROM (
    SELECT rows.session AS session, m."agent_id" AS agent_id, MAX(m."agent") AS agent, COUNT(*) AS count,
      MIN(m."created_at") AS first, MAX(m."created_at") AS last
    ${from} GROUP BY 1, 2)`;

const CALLS = (from: string) => `SELECT json_group_array(json_object(
    'sessionId', session, 'agentId', agent_id, 'count', count, 'started', json(started)
  )) AS json FROM (
    SELECT rows.session AS session, t."agent_id" AS agent_id, COUNT(*) AS count,
      json_group_array(t."child_agent_id") FILTER (WHERE t."child_agent_id" IS NOT NULL) AS started
    ${from} GROUP BY 1, 2)`;

const OF_AGENTS = { where: `m."agent_id" IS NOT NULL`, values: [] };
const AROUND_AGENTS = {
  where: `(t."agent_id" IS NOT NULL OR t."child_agent_id" IS NOT NULL)`,
  values: [],
};

/** What the messages of sessions tell of the agents within them, turn by turn. Rejects with StorageError. */
export function readAgentMessages(
  connection: Connection,
  sessions: readonly string[],
): AsyncGenerator<AgentMessages[]> {
  const question = { table: "messages", narrow: OF_AGENTS, select: MESSAGES } as const;
  return rowBatches(connection, sessions, question);
}

/** As above the calls that agents made, or that started one. */
export function readAgentCalls(
  connection: Connection,
  sessions: readonly string[],
): AsyncGenerator<AgentCalls[]> {
  const question = { table: "tool_calls", narrow: AROUND_AGENTS, select: CALLS } as const;
  return rowBatches(connection, sessions, question);
}
