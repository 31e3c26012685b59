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
  messages: number;
  /** Rows without a source. */
  unattributed: number;
  /** Files in `rejected/`. */
  rejected: number;
}

export interface HealthReporter {
  health(): Promise<Health>;
}

/** What the router's procedures call; the daemon provides it for each connection. */
export interface Context {
  caller: Caller;
  recorder: Recorder;
  reader: Reader;
  reporter: HealthReporter;
}
