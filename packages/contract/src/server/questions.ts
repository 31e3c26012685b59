import type { AgentSummary, Source, ToolSummary } from "../index.ts";
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

/** Sessions with those that started them and all that they started, and the agents within them. */
export interface SessionTree {
  sessions: SessionSummary[];
  agents: AgentSummary[];
  /** False where there are more sessions than are told. */
  complete: boolean;
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

/** A file that tool calls touched, by the newest of these. Times epoch ms. */
export interface FileSummary {
  path: string;
  reads: number;
  changes: number;
  sessions: number;
  lastAt: number | null;
  /** True where only the newest of its calls are counted. */
  isCapped: boolean;
}

/** Files, those touched last first. */
export interface FileList {
  files: FileSummary[];
  /** False where calls are not in the index yet. */
  complete: boolean;
}

/** Whose calls are asked for, and where the page begins: `cursor` is the `nextCursor` of the page before. */
export interface FileCallsQuery extends Omit<Filter, "role" | "file"> {
  /** A file, or a directory and all below it: an absolute path, or the end of one from a `/` on. */
  path: string;
  limit: number;
  cursor?: string | undefined;
}

/** A call that touched a file. Times epoch ms. */
export interface FileCall {
  path: string;
  toolCallId: string;
  sessionId: string;
  messageId: string | null;
  createdAt: number | null;
  tool: string | null;
  kind: string | null;
  status: string | null;
  source: Source | null;
  /** Of the session. */
  title: string | null;
  project: string | null;
}

/** Calls that touched files, the newest first; a fork's copies are left out. */
export interface FileCalls {
  calls: FileCall[];
  /** False where calls are not in the index yet. */
  complete: boolean;
  /** Null on the last page. */
  nextCursor: string | null;
}

/** Answers about files. Each rejects with ServiceError UNAVAILABLE where the record or the index can't be read. */
export interface FileQuestions {
  listFiles(limit: number, signal?: AbortSignal): Promise<FileList>;
  /** Rejects with ServiceError INVALID for a cursor that is none. */
  fileCalls(query: FileCallsQuery, signal?: AbortSignal): Promise<FileCalls>;
}

/** Answers about the record. Each rejects with ServiceError UNAVAILABLE where it can't be read, or its caller is gone. */
export interface Questions extends FileQuestions {
  findSession(query: FindSession): Promise<FoundSession>;
  sessionTree(ids: string[], signal?: AbortSignal): Promise<SessionTree>;
  /** Of calls for which the filter holds, by their own times. */
  listTools(filter: Omit<Filter, "role">, signal?: AbortSignal): Promise<ToolList>;
  /** The latest first, at most `limit`. */
  listProjects(limit: number, signal?: AbortSignal): Promise<ProjectSummary[]>;
}
