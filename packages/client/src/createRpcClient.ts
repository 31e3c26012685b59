import {
  type IngestRecord,
  type ItemResult,
  type MessageUpsert,
  PROTOCOL_VERSION,
  type Refusal,
  type SessionEventUpsert,
  type SessionUpsert,
  type ToolCallUpsert,
} from "@duolog/contract";
import type { Health } from "@duolog/contract/server";
import { NOT_JSON, tooBig } from "./batches.ts";
import { DirectCalls } from "./DirectCalls.ts";
import { type DataPaths, dataPaths, resolveDataDir } from "./local/data/paths.ts";
import { writeRejected } from "./local/data/rejected.ts";
import { Sender } from "./Sender.ts";
import { type Added, type Pending, Spool } from "./spool/Spool.ts";
import { stamp } from "./stamp.ts";
import { Connector } from "./transport/Connector.ts";
import { RpcError, unavailable } from "./transport/errors.ts";
import type {
  Ack,
  IngestAnswer,
  RpcClient,
  RpcClientOptions,
  RpcMaintainer,
  RpcReader,
} from "./types.ts";
import { Waiters } from "./Waiters.ts";

/** For an awaited call where the options say nothing, ms. */
const DEADLINE = 5_000;
/** Shortest time a batch gets, whatever its caller waits, ms. */
const SHORTEST_SEND = 1_000;
/** What `close` waits for the daemon, ms. */
const CLOSE_FLUSH = 2_000;

/**
 * A client of the daemon; touches neither disk nor network before its first call. One per process
 * is enough.
 */
export function createRpcClient(options: RpcClientOptions): RpcClient {
  return new DaemonClient(options);
}

class DaemonClient implements RpcClient {
  readonly reader: RpcReader;
  readonly maintainer: RpcMaintainer;
  readonly #paths: DataPaths;
  readonly #clientName: string;
  readonly #connector: Connector;
  readonly #spool: Spool;
  readonly #sender: Sender;
  readonly #waiters: Waiters;
  readonly #direct: DirectCalls;
  readonly #flushers = new Set<(done: boolean) => void>();
  #lastError: Refusal | null = null;
  #seq = 0;
  #closed = false;

  constructor(options: RpcClientOptions) {
    const { clientName, clientVersion, env = process.env, deadlineMs = DEADLINE } = options;
    this.#clientName = clientName;
    this.#paths = dataPaths(options.dataDir ?? resolveDataDir(env));
    const client = { name: clientName, version: clientVersion, protocol: PROTOCOL_VERSION };
    const { autostart = true } = options;
    this.#connector = new Connector({ ...options, paths: this.#paths, autostart, env });
    this.#spool = new Spool(options.spool === false ? null : this.#paths, client);
    this.#waiters = new Waiters(deadlineMs);
    this.#direct = new DirectCalls(this.#connector, deadlineMs);
    this.#sender = this.#makeSender(Math.max(SHORTEST_SEND, deadlineMs));
    this.reader = this.#makeReader();
    this.maintainer = {
      backfillSource: (options) =>
        this.#direct.run((api, signal) => api.record.backfillSource.mutate(options, { signal })),
      repair: (options) =>
        this.#direct.run((api, signal) => api.record.repair.mutate(options, { signal })),
      rebuildSearch: () =>
        this.#direct.run((api, signal) => api.search.rebuild.mutate(undefined, { signal })),
    };
  }

  #makeSender(deadlineMs: number): Sender {
    const events = {
      answered: (pending: Pending, result: ItemResult) => this.#answered(pending, result),
      stalled: () => {
        this.#waiters.giveUp();
        this.#endFlush(false);
      },
      failed: (error: Refusal | null) => {
        this.#lastError = error;
      },
      drained: () => this.#endFlush(true),
    };
    return new Sender(this.#spool, this.#connector, events, deadlineMs);
  }

  #makeReader(): RpcReader {
    const direct = this.#direct;
    return {
      session: {
        get: (query) => direct.run((api, signal) => api.session.get.query(query, { signal })),
        list: (query = {}) =>
          direct.run((api, signal) => api.session.list.query(query, { signal })),
        find: (query) => direct.run((api, signal) => api.session.find.query(query, { signal })),
        tree: (query) => direct.run((api, signal) => api.session.tree.query(query, { signal })),
      },
      tool: {
        list: (query = {}) => direct.run((api, signal) => api.tool.list.query(query, { signal })),
      },
      file: {
        list: (query = {}) => direct.run((api, signal) => api.file.list.query(query, { signal })),
        calls: (query) => direct.run((api, signal) => api.file.calls.query(query, { signal })),
      },
      project: {
        list: (query = {}) =>
          direct.run((api, signal) => api.project.list.query(query, { signal })),
      },
      message: {
        list: (query) => direct.run((api, signal) => api.message.list.query(query, { signal })),
      },
      toolCall: {
        list: (query) => direct.run((api, signal) => api.toolCall.list.query(query, { signal })),
      },
      event: {
        list: (query) => direct.run((api, signal) => api.event.list.query(query, { signal })),
      },
      search: {
        find: (query) => direct.run((api, signal) => api.search.find.query(query, { signal })),
        state: () => direct.run((api, signal) => api.search.state.query(undefined, { signal })),
      },
      usage: {
        catchUp: (query) => direct.run((api, signal) => api.usage.catchUp.query(query, { signal })),
        report: (query) => direct.run((api, signal) => api.usage.report.query(query, { signal })),
        blocks: (query) => direct.run((api, signal) => api.usage.blocks.query(query, { signal })),
      },
    };
  }

  upsertSession(session: SessionUpsert): Promise<Ack> {
    return this.#upsert({ kind: "session", data: session });
  }

  upsertMessage(message: MessageUpsert): Promise<Ack> {
    return this.#upsert({ kind: "message", data: message });
  }

  upsertToolCall(toolCall: ToolCallUpsert): Promise<Ack> {
    return this.#upsert({ kind: "toolCall", data: toolCall });
  }

  upsertEvent(event: SessionEventUpsert): Promise<Ack> {
    return this.#upsert({ kind: "event", data: event });
  }

  async #upsert(record: IngestRecord): Promise<Ack> {
    const added = this.#add(record);
    if (typeof added === "string") return { status: "refused", error: refusalOf(added, record) };
    const fallback: Ack = added.durable
      ? { status: "spooled" }
      : { status: "refused", error: unavailable("neither daemon nor disk") };
    if (this.#closed) return fallback;
    const ack = this.#waiters.wait(added.key, fallback);
    this.#sender.wake();
    return ack;
  }

  record(record: IngestRecord): void {
    const added = this.#add(record);
    if (typeof added === "string") this.#lastError = refusalOf(added, record);
    else this.#sender.wake();
  }

  /** Keeps the record; one that can't be sent is put aside. */
  #add(record: IngestRecord): Added | "not-json" {
    let added: Added | "not-json";
    try {
      this.#seq += 1;
      added = this.#spool.add(stamp(record, Date.now(), this.#seq), performance.now());
    } catch {
      added = "not-json";
    }
    if (added === "not-json" || added === "too-big") this.reject(record, refusalOf(added, record));
    return added;
  }

  #answered(pending: Pending, result: ItemResult): void {
    if (result.ok) {
      this.#waiters.answer(pending.key, { status: "stored", changed: result.changed });
      return;
    }
    this.reject(pending.record, result.error);
    this.#waiters.answer(pending.key, { status: "refused", error: result.error });
  }

  async ingest(records: IngestRecord[]): Promise<IngestAnswer> {
    try {
      const now = Date.now();
      const stamped = records.map((record, index) => stamp(record, now, index));
      const results = await this.#direct.ingest(stamped);
      this.#lastError = null;
      return { status: "answered", results };
    } catch (error) {
      return { status: "unavailable", reason: this.#note(error).message };
    }
  }

  #note(error: unknown): Refusal {
    this.#lastError = error instanceof RpcError ? error.refusal : unavailable(String(error));
    return this.#lastError;
  }

  reject(raw: unknown, reason: Refusal | string): boolean {
    try {
      const entry = { reason, client: this.#clientName, record: raw, at: Date.now() };
      return writeRejected(this.#paths, entry);
    } catch (error) {
      // No disk for it: the reason is all that is left to tell.
      this.#lastError = unavailable(`rejected/ can't be written: ${String(error)}`);
      return false;
    }
  }

  lookAgain(sessions: string[] | null): void {
    if (this.#closed) return;
    const asked = this.#direct.run((api, signal) =>
      api.record.lookAgain.mutate({ sessions }, { signal }),
    );
    // A daemon that comes later has them read at its start; an older one can't.
    asked.catch(() => {});
  }

  async health(): Promise<Health | null> {
    try {
      return await this.#direct.run((api, signal) => api.health.query(undefined, { signal }));
    } catch (error) {
      if (this.#lastError === null) this.#note(error);
      return null;
    }
  }

  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#spool.size === 0) return true;
    if (this.#closed) return false;
    return new Promise((resolve) => {
      const done = (flushed: boolean) => {
        clearTimeout(timer);
        this.#flushers.delete(done);
        resolve(flushed);
      };
      const timer = setTimeout(() => done(this.#spool.size === 0), timeoutMs);
      this.#flushers.add(done);
      this.#sender.retryNow();
    });
  }

  #endFlush(flushed: boolean): void {
    for (const done of this.#flushers) done(flushed);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush(CLOSE_FLUSH);
    this.#closed = true;
    this.#sender.stop();
    this.#waiters.giveUp();
    this.#connector.close();
    this.#spool.close();
  }

  lastError(): Refusal | null {
    return this.#lastError;
  }
}

function refusalOf(added: "no-room" | "too-big" | "not-json", record: IngestRecord): Refusal {
  if (added === "too-big") return tooBig(record);
  if (added === "not-json") return NOT_JSON;
  return unavailable("memory is full");
}
