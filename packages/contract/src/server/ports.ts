import type {
  BlocksQuery,
  ChildKind,
  IngestRecord,
  ItemResult,
  RowOf,
  Session,
  Source,
  UsageAnswer,
  UsageBlock,
  UsageQuery,
  UsageState,
} from "../index.ts";
import type { Filter, Questions } from "./questions.ts";
import type { FindQuery, Found, IndexState } from "./search.ts";

/** Who calls, as the connection told. */
export interface Caller {
  clientName: string | null;
  clientVersion: string | null;
  /** Version of the wire as told: 1 where nothing was, 0 where it was no number. */
  protocol: number;
}

/** Writes. Records come validated; each gets its answer, in order, after the commit. */
export interface Recorder {
  /** A failure is an answer too: it does not reject. `inferredSource` is the connection's (M1). */
  ingest(records: IngestRecord[], inferredSource: Source | null): Promise<ItemResult[]>;
}

/** A page of rows; `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A session with what its messages add up to. */
export interface SessionSummary extends Session {
  messageCount: number;
  toolCallCount: number;
  /** True while nothing later than its end was observed (M5). */
  ended: boolean;
}

/**
 * A page of sessions; `cursor` is the `nextCursor` of the page before. `since` and `until` go by the
 * time that a session spans, `model` by the session's own, `role`, `tool` and `file` by a message or
 * call in it.
 */
export interface ListSessions extends Filter {
  limit: number;
  cursor?: string | undefined;
}

/** A page of a session's rows of one kind; `cursor` is the `nextCursor` of the page before. */
export interface ListRows {
  sessionId: string;
  limit: number;
  cursor?: string | undefined;
  /** Without a cursor: from the first row on that was made then or later, epoch ms. */
  since?: number | undefined;
  /** Which of the long texts that lie outside the rows are filled in: all (the default), none, or inputs. */
  texts?: boolean | "input" | undefined;
}

/**
 * Reads: sessions newest first, rows of a session oldest first, long texts in them whole. Each rejects with ServiceError: UNAVAILABLE
 * where the database can't be read, INVALID for a cursor that is none.
 */
export interface Reader {
  getSession(id: string): Promise<SessionSummary | null>;
  listSessions(query: ListSessions): Promise<Page<SessionSummary>>;
  listRows<K extends ChildKind>(kind: K, query: ListRows): Promise<Page<RowOf<K>>>;
}

/** The daemon about itself. Times epoch ms. */
export interface Health {
  version: string;
  /** The newest version of the wire that it speaks, and the oldest. */
  protocol: number;
  oldestProtocol: number;
  pid: number;
  startedAt: number;
  dataDir: string;
  sessions: number;
  /** A message that several sessions have counts once (M1); one that tells what it is a copy of does not. */
  messages: number;
  /** Rows without a source. */
  unattributed: number;
  /** Files in `rejected/`. */
  rejected: number;
}

/** Rejects with ServiceError where the database can't be read. */
export interface HealthReporter {
  health(): Promise<Health>;
}

/** The tables whose rows have a source. */
export type BackfilledTable = "sessions" | "messages" | "tool_calls" | "session_events";

/** Rows of one table to which one rule gave a source. */
export interface BackfillSet {
  table: BackfilledTable;
  source: Source;
  rule: string;
  rows: number;
}

/** Rows of one table that for one reason stay without a source. */
export interface BackfillLeft {
  table: BackfilledTable;
  reason: string;
  rows: number;
}

/** What a backfill of `source` did, or would do. */
export interface BackfillReport {
  dryRun: boolean;
  /** The copy of the database from before; null where nothing was written. */
  backup: string | null;
  set: BackfillSet[];
  left: BackfillLeft[];
}

/** What a repair did; all of it in one transaction. */
export interface RepairReport {
  /** The copy of the database from before. */
  backup: string;
  /** Rows that were not there, that were otherwise, and that were taken out. */
  added: number;
  changed: number;
  removed: number;
}

/** Work on the record. */
export interface Maintainer {
  /**
   * Has the agents' stores read soon for these sessions, or for all of the record that changed there.
   * Resolves before that, with whether it will be done: who set the daemon up may not want it.
   */
  lookAgain(sessions: readonly string[] | null): Promise<{ asked: boolean }>;
  /**
   * Sets rows right, by a file in the data directory that says how.
   * Rejects with ServiceError where the database can't be read or written, or the file not be read.
   */
  repair(file: string): Promise<RepairReport>;
  /**
   * Infers the source of rows that have none; all of it in one transaction, or none.
   * Rejects with ServiceError where the database can't be read or written.
   */
  backfillSource(dryRun: boolean): Promise<BackfillReport>;
}

/** Tells a search whether its caller is gone, so that it ends. */
export type IsGone = () => boolean;

/** Full-text search. Each rejects with ServiceError UNAVAILABLE where there can be no index for now. */
export interface Searcher {
  /** Resolves once the index has all that was recorded before, after `waitMs`, or when the caller is gone. */
  ready(waitMs: number, isGone?: IsGone): Promise<void>;
  /** Answers from what is in the index. Rejects with ServiceError INVALID for a cursor that is none. */
  find(query: FindQuery, isGone?: IsGone): Promise<Found>;
  state(): Promise<IndexState>;
  /** Throws the index away, and what else is derived; all of it is built anew from then on. */
  rebuild(): Promise<IndexState>;
}

/** Totals. Each rejects with ServiceError UNAVAILABLE where there can be none for now. */
export interface UsageReporter {
  /** Adds up and prices what changed, for so long at most, ms; tells what is left. */
  catchUp(waitMs: number, isGone?: IsGone): Promise<UsageState>;
  /** Of what is added up. Rejects with ServiceError INVALID where there is no such zone. */
  report(query: UsageQuery): Promise<UsageAnswer>;
  /** The windows of Claude's plans, in order of time. */
  blocks(query: BlocksQuery): Promise<UsageBlock[]>;
}

/** What the router's procedures call; the daemon provides it for each connection. */
export interface Context {
  caller: Caller;
  recorder: Recorder;
  reader: Reader;
  questions: Questions;
  searcher: Searcher;
  usageReporter: UsageReporter;
  reporter: HealthReporter;
  maintainer: Maintainer;
}
