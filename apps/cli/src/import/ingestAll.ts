import type { RpcClient } from "@duolog/client";
import {
  type Found,
  type IngestRecord,
  isFinal,
  MAX_BATCH,
  mapKinds,
  textOf,
  type Unreadable,
} from "@duolog/contract";
import { throughDaemon } from "../daemon/read.ts";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";

/** For each batch, ms. */
const DEADLINE_MS = 60_000;
/** A batch is sent once it holds so much text, UTF-16 units. */
const BATCH_CHARS = 4_000_000;
/** Most unreadable things kept in `rejected/`: of an unknown version of an agent's file all may be. */
const MAX_KEPT = 200;

/** What was read, and what became of the records made of it. */
export interface Ingested {
  /** Rows by their ids, however many records each gave. */
  sessions: number;
  messages: number;
  toolCalls: number;
  events: number;
  /** Records that changed something; the rest was there already. */
  changed: number;
  /** Records that were refused: they lie in `rejected/`. */
  refused: number;
  /** Lines, events or rows that can't be read: the first 200 lie in `rejected/`. */
  unreadable: number;
}

/** Hands all that is found to the daemon; twice does no harm. Throws Failure where not all went through. */
export function ingestAll(
  place: Place,
  env: NodeJS.ProcessEnv,
  source: AsyncIterable<Found> | Iterable<Found>,
): Promise<Ingested> {
  return throughDaemon(place, env, DEADLINE_MS, async (rpc) => {
    const ingest = new Ingest(rpc);
    for await (const found of source) await ingest.add(found);
    return ingest.end();
  });
}

class Ingest {
  readonly #rpc: RpcClient;
  readonly #ids = mapKinds(() => new Set<string>());
  readonly #total = { changed: 0, refused: 0, unreadable: 0 };
  #waiting: IngestRecord[] = [];
  #chars = 0;

  constructor(rpc: RpcClient) {
    this.#rpc = rpc;
  }

  async add({ records, unreadable }: Found): Promise<void> {
    for (const thing of unreadable) this.#putAside(thing);
    for (const record of records) {
      this.#count(record);
      this.#waiting.push(record);
      if (this.#waiting.length === MAX_BATCH || this.#chars > BATCH_CHARS) await this.#send();
    }
  }

  async end(): Promise<Ingested> {
    if (this.#waiting.length > 0) await this.#send();
    const { session, message, toolCall, event } = this.#ids;
    const found = { toolCalls: toolCall.size, events: event.size };
    return { sessions: session.size, messages: message.size, ...found, ...this.#total };
  }

  /** A row may give several records. */
  #count(record: IngestRecord): void {
    const { kind, data } = record;
    this.#ids[kind].add("sessionId" in data ? `${data.sessionId} ${data.id}` : data.id);
    this.#chars += textOf(record);
  }

  #putAside({ raw, reason }: Unreadable): void {
    if (this.#total.unreadable++ < MAX_KEPT) this.#rpc.reject(raw, reason);
  }

  async #send(): Promise<void> {
    const records = this.#waiting;
    this.#waiting = [];
    this.#chars = 0;
    const answer = await this.#rpc.ingest(records);
    if (answer.status === "unavailable") throw unfinished(answer.reason);
    answer.results.forEach((result, i) => {
      if (result.ok) {
        this.#total.changed += Number(result.changed);
      } else if (isFinal(result.error.code)) {
        this.#total.refused++;
        this.#rpc.reject(records[i], result.error.message);
      } else {
        throw unfinished(result.error.message);
      }
    });
  }
}

function unfinished(reason: string): Failure {
  return new Failure(`not all was imported: ${reason}. Run it again: nothing is taken over twice`);
}
