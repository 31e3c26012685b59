import type { AgentCalls, AgentMessages } from "../../core/questions/agents.ts";
import type { Connection } from "../record/connection.ts";
import { readAgentCalls, readAgentMessages } from "./agents.ts";
import { type CallFacts, readCallFacts, readCalls, type ToldCall } from "./calls.ts";
import { type CountedSession, loadSessions } from "./countedSessions.ts";
import { idsBeginning } from "./findIds.ts";
import { type Link, readLinks } from "./links.ts";
import { type SessionQuestion, sessionIds } from "./listSessions.ts";
import type { Narrow } from "./narrow.ts";
import { readWhereabouts, type Whereabouts } from "./projects.ts";

/**
 * What questions are answered from. Each rejects with StorageError; what is read turn by turn lets
 * others have theirs between.
 */
export interface QuestionReads {
  /** The sessions of these ids that are there, in order; fewer where their texts exceed PAGE_BYTES. */
  loadSessions(ids: readonly string[]): Promise<CountedSession[]>;
  /** Ids that begin with this text, at most `limit`, the latest session's first. */
  idsBeginning(text: string, limit: number): Promise<string[]>;
  /** Which session started which, of the whole record. */
  readLinks(): Promise<Link[]>;
  /** The ids of all sessions of a question, turn by turn. */
  sessionIds(question: SessionQuestion): AsyncGenerator<readonly string[]>;
  /** What messages tell of the agents within these sessions, turn by turn. */
  readAgentMessages(sessions: readonly string[]): AsyncGenerator<AgentMessages[]>;
  /** As above the calls that agents made, or that started one. */
  readAgentCalls(sessions: readonly string[]): AsyncGenerator<AgentCalls[]>;
  /** The calls of these sessions, a fork's copies left out, turn by turn; the row is `t` in the SQL. */
  readCallFacts(sessions: readonly string[], narrow: Narrow): AsyncGenerator<CallFacts[]>;
  /** The calls of these keys, a fork's copies left out; a call is `t`, its session `s` in the SQL. */
  readCalls(keys: readonly number[], narrow: Narrow): Promise<ToldCall[]>;
  /** Where each session was that tells it, turn by turn. */
  readWhereabouts(): AsyncGenerator<Whereabouts[]>;
}

/** The reads through a connection to a migrated database. */
export function createQuestionReads(connection: Connection): QuestionReads {
  return {
    loadSessions: (ids) => loadSessions(connection, ids),
    idsBeginning: (text, limit) => idsBeginning(connection, text, limit),
    readLinks: () => readLinks(connection),
    sessionIds: (question) => sessionIds(connection, question),
    readAgentMessages: (sessions) => readAgentMessages(connection, sessions),
    readAgentCalls: (sessions) => readAgentCalls(connection, sessions),
    readCallFacts: (sessions, narrow) => readCallFacts(connection, sessions, narrow),
    readCalls: (keys, narrow) => readCalls(connection, keys, narrow),
    readWhereabouts: () => readWhereabouts(connection),
  };
}
