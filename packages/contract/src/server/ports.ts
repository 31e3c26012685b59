import type { IngestRecord, ItemResult, Message, Session, Source } from "../index.ts";

/** Who calls, as the connection told. */
export interface Caller {
  clientName: string | null;
  clientVersion: string | null;
  protocol: number;
}

/** Writes. Records come validated; each gets its answer, in order, after the commit. */
export interface Recorder {
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
  /** True while nothing later than its end was observed (M5). */
  ended: boolean;
}

export interface ListSessions {
  source?: Source | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface ListMessages {
  sessionId: string;
  limit: number;
  cursor?: string | undefined;
}

/** Reads: sessions newest first, messages oldest first. */
export interface Reader {
  getSession(id: string): Promise<SessionSummary | null>;
  listSessions(query: ListSessions): Promise<Page<SessionSummary>>;
  listMessages(query: ListMessages): Promise<Page<Message>>;
}

/** The daemon about itself. Times epoch ms. */
export interface Health {
  version: string;
  protocol: number;
  oldestProtocol: number;
  pid: number;
  startedAt: number;
  dataDir: string;
  sessions: number;
  /** A message that several sessions have (a fork's copies) counts once (M1). */
  messages: number;
  /** Rows without a source. */
  unattributed: number;
  /** Files in `rejected/`. */
  rejected: number;
}

export interface HealthReporter {
  health(): Promise<Health>;
}

/** Rows of one table to which one rule gave a source, or for one reason none. */
export interface BackfillSet {
  table: "sessions" | "messages";
  source: Source;
  rule: string;
  rows: number;
}
export interface BackfillLeft {
  table: "sessions" | "messages";
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

/** Work on the whole record. */
export interface Maintainer {
  /** Infers the source of rows that have none; all of it in one transaction, or none. */
  backfillSource(dryRun: boolean): Promise<BackfillReport>;
}

/** What the router's procedures call; the daemon provides it for each connection. */
export interface Context {
  caller: Caller;
  recorder: Recorder;
  reader: Reader;
  reporter: HealthReporter;
  maintainer: Maintainer;
}
