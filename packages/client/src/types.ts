import type {
  BlocksQuery,
  IngestRecord,
  ItemResult,
  Message,
  MessageUpsert,
  Refusal,
  SessionEvent,
  SessionEventUpsert,
  SessionUpsert,
  ToolCall,
  ToolCallUpsert,
  UsageAnswer,
  UsageBlock,
  UsageQuery,
  UsageState,
} from "@duolog/contract";
import type {
  BackfillReport,
  FileCalls,
  FileCallsQuery,
  FileList,
  Filter,
  FindQuery,
  FindSession,
  Found,
  FoundSession,
  Health,
  IndexState,
  ListRows,
  ListSessions,
  Page,
  ProjectSummary,
  RepairReport,
  SessionSummary,
  SessionTree,
  ToolList,
} from "@duolog/contract/server";

/** What became of an awaited record. */
export type Ack =
  /** Committed; `changed` is false for an exact repeat. */
  | { status: "stored"; changed: boolean }
  /** On disk; this process or the daemon delivers it later. */
  | { status: "spooled" }
  /**
   * Not recorded. With code UNAVAILABLE neither the daemon nor the disk took it in time (another
   * try is worth it); with another code it is kept in `rejected/`.
   */
  | { status: "refused"; error: Refusal };

/** The answer to `ingest`. */
export type IngestAnswer =
  /** Item by item, in order; items refused with UNAVAILABLE or INTERNAL may be sent again. */
  | { status: "answered"; results: ItemResult[] }
  /** Not known to be stored: send them again. */
  | { status: "unavailable"; reason: string };

/** Who the client is, and where its daemon and its spool are. */
export interface RpcClientOptions {
  /** Who sends: `opencode-plugin`, `claude-code-plugin`, … */
  clientName: string;
  clientVersion: string;
  /** Default: the user's data directory (DUOLOG_DATA_DIR, XDG_DATA_HOME, HOME). */
  dataDir?: string | undefined;
  /** Default: process.env. */
  env?: NodeJS.ProcessEnv | undefined;
  /** For each awaited call, ms. Default: 5,000. */
  deadlineMs?: number | undefined;
  /** False keeps records in memory only. */
  spool?: boolean | undefined;
  /** False never starts the daemon. */
  autostart?: boolean | undefined;
}

type RowsOfSession = Partial<ListRows> & { sessionId: string };

/** What a search needs: its words. The rest has its defaults (contract/server/schemas.ts). */
type Search = Partial<FindQuery> & { words: string };

/** What totals need; the rest has its defaults (contract/server/schemas.ts). */
type Usage = Partial<UsageQuery> & Pick<UsageQuery, "by" | "timezone">;

/** Reads. Each rejects with an RpcError. */
export interface RpcReader {
  session: {
    get(query: { id: string }): Promise<SessionSummary | null>;
    list(query?: Partial<ListSessions>): Promise<Page<SessionSummary>>;
    find(query: FindSession): Promise<FoundSession>;
    tree(query: { ids: string[] }): Promise<SessionTree>;
  };
  tool: { list(query?: Omit<Filter, "role">): Promise<ToolList> };
  file: {
    list(query?: { limit?: number }): Promise<FileList>;
    calls(query: Omit<FileCallsQuery, "limit"> & { limit?: number }): Promise<FileCalls>;
  };
  project: { list(query?: { limit?: number }): Promise<ProjectSummary[]> };
  message: { list(query: RowsOfSession): Promise<Page<Message>> };
  toolCall: { list(query: RowsOfSession): Promise<Page<ToolCall>> };
  event: { list(query: RowsOfSession): Promise<Page<SessionEvent>> };
  search: {
    /** Waits for the index up to `waitMs`, which the client's own deadline must leave room for. */
    find(query: Search): Promise<Found>;
    state(): Promise<IndexState>;
  };
  usage: {
    /** Adds up and prices what changed, for so long at most; tells what is left. */
    catchUp(query: { waitMs: number }): Promise<UsageState>;
    report(query: Usage): Promise<UsageAnswer>;
    blocks(query: Partial<BlocksQuery>): Promise<UsageBlock[]>;
  };
}

/** Work on the whole record. Each rejects with an RpcError. */
export interface RpcMaintainer {
  /** Infers the source of rows that have none; with `dryRun` it only tells what it would set. */
  backfillSource(options: { dryRun: boolean }): Promise<BackfillReport>;
  /** Sets rows right, by a file in the data directory, of which it takes the name. */
  repair(options: { file: string }): Promise<RepairReport>;
  /** Throws the search index and the totals away; they are built anew from then on. */
  rebuildSearch(): Promise<IndexState>;
}

/** The service as its clients see it. But for `reader` and `maintainer`, nothing here throws, rejects or prints. */
export interface RpcClient {
  /** Records what is known of a session so far and waits for the daemon's word, at most `deadlineMs`. */
  upsertSession(session: SessionUpsert): Promise<Ack>;
  /** Records what is known of a message so far, all of its text. As upsertSession. */
  upsertMessage(message: MessageUpsert): Promise<Ack>;
  /** Records what is known of a tool call so far. As upsertSession. */
  upsertToolCall(toolCall: ToolCallUpsert): Promise<Ack>;
  /** Records an event of a session. As upsertSession. */
  upsertEvent(event: SessionEventUpsert): Promise<Ack>;
  /** Records without waiting: on disk when this returns, sent soon. Does not keep the process alive. */
  record(record: IngestRecord): void;
  /** Sends without the spool and waits for the commit: for a sender that can read its source again. */
  ingest(records: IngestRecord[]): Promise<IngestAnswer>;
  /** Keeps in `rejected/` what could not be translated; false where there is no room for it. */
  reject(raw: unknown, reason: string): boolean;
  /**
   * Asks that the agents' stores be read soon for these sessions, or for all of the record that changed
   * there. Does not wait: where there is no daemon, its start has them read.
   */
  lookAgain(sessions: string[] | null): void;
  /** The daemon about itself; null where it does not answer within `deadlineMs`. */
  health(): Promise<Health | null>;
  /** Sends what is waiting; true once all of it was answered for, false after `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Flushes for 2 s at most and closes. What is recorded later goes to the spool only. */
  close(): Promise<void>;
  /** Why records were last not delivered (UPGRADE says which side is older); null once they are. */
  lastError(): Refusal | null;
  readonly reader: RpcReader;
  readonly maintainer: RpcMaintainer;
}
