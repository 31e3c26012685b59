import type { Source } from "../index.ts";
import type { SessionSummary } from "./ports.ts";

/** What narrows a question; all that is given must hold. */
export interface Filter {
  source?: Source | undefined;
  /** A project's name, or an absolute path: that directory and all below it. */
  project?: string | undefined;
  /** A model's name or the beginning of one, whatever its case. */
  model?: string | undefined;
  /** `user` or `assistant`: who spoke. */
  role?: string | undefined;
  /** A tool's name, whatever its case. */
  tool?: string | undefined;
  /** A file's path, or the end of one from a `/` on. */
  file?: string | undefined;
  /** From this time on, and before that one, epoch ms. */
  since?: number | undefined;
  until?: number | undefined;
  /** One session's id, its sub-agents included. */
  session?: string | undefined;
  /** Sessions that are left out, and those that they started. */
  without?: string[] | undefined;
  /** Project paths (as stored, exact) that are left out. */
  withoutProjects?: string[] | undefined;
}

/** Which session a person means: by its id, the beginning of it, or `last`. */
export interface FindSession {
  ref: string;
  /** Of these `last` is the one that was written last. */
  source?: Source | undefined;
  project?: string | undefined;
}

/** The session that is meant; where several are, none of them, and the newest of them as `candidates`. */
export interface FoundSession {
  session: SessionSummary | null;
  candidates: SessionSummary[];
}

/** A sub-agent that works within its session, as Claude Code's do. */
export interface AgentSummary {
  sessionId: string;
  agentId: string;
  /** Its name or type. */
  agent: string | null;
  /** The agent whose call started it; null where that is the session itself, or nothing tells. */
  startedBy: string | null;
  messageCount: number;
  toolCallCount: number;
  /** Times of its first and last message, epoch ms. */
  createdAt: number | null;
  updatedAt: number | null;
}

/** Sessions with those that started them and all that they started, and the agents within them. */
export interface SessionTree {
  sessions: SessionSummary[];
  agents: AgentSummary[];
  /** False where there are more sessions than are told. */
  complete: boolean;
}

/** What the calls of one tool came to. A fork's copies count where they were made. */
export interface ToolSummary {
  /** Null of calls whose tool nobody told. */
  name: string | null;
  calls: number;
  errors: number;
  denied: number;
  interrupted: number;
  /** Of calls that tell how long they took, ms. */
  medianMs: number | null;
  longestMs: number | null;
}

/** The tools, the most called first. */
export interface ToolList {
  tools: ToolSummary[];
  /** False where time was up before all calls were counted. */
  complete: boolean;
}

/** A directory in which sessions were. */
export interface ProjectSummary {
  path: string;
  name: string | null;
  sessions: number;
  updatedAt: number | null;
}

/** Answers about the record. Each rejects with ServiceError UNAVAILABLE where it can't be read, or its caller is gone. */
export interface Questions {
  findSession(query: FindSession): Promise<FoundSession>;
  sessionTree(ids: string[], signal?: AbortSignal): Promise<SessionTree>;
  /** Of calls for which the filter holds, by their own times. */
  listTools(filter: Omit<Filter, "role">, signal?: AbortSignal): Promise<ToolList>;
  /** The latest first, at most `limit`. */
  listProjects(limit: number, signal?: AbortSignal): Promise<ProjectSummary[]>;
}
