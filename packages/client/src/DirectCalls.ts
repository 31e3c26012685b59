import type { IngestRecord, ItemResult } from "@duolog/contract";
import { batchesOf, measure, NO_ANSWER } from "./batches.ts";
import { InFlight } from "./InFlight.ts";
import { STARTING_PAUSE } from "./transport/backoff.ts";
import type { Api } from "./transport/Connection.ts";
import type { Connector } from "./transport/Connector.ts";
import { failureOf, RpcError, refusalOfFailure, unavailable } from "./transport/errors.ts";

/** Calls past the spool: each connects, is answered or fails within its deadline, and is not repeated. */
export class DirectCalls {
  readonly #connector: Connector;
  readonly #deadlineMs: number;

  constructor(connector: Connector, deadlineMs: number) {
    this.#connector = connector;
    this.#deadlineMs = deadlineMs;
  }

  /** Rejects with an RpcError. The process lives until the answer or the deadline. */
  async run<T>(call: (api: Api, signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#deadlineMs;
    try {
      return await this.#orLate(this.#connectAndRun(call, deadline));
    } catch (error) {
      if (error instanceof RpcError) throw error;
      throw new RpcError(refusalOfFailure(failureOf(error)), { cause: error });
    }
  }

  #orLate<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new RpcError(unavailable(`no answer within ${this.#deadlineMs} ms`)));
      }, this.#deadlineMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }

  async #connectAndRun<T>(
    call: (api: Api, signal: AbortSignal) => Promise<T>,
    deadline: number,
  ): Promise<T> {
    for (;;) {
      const attempt = await this.#connector.attempt();
      const deadlineMs = deadline - performance.now();
      if (attempt.state === "connected") return attempt.connection.call(call, deadlineMs);
      const isStarting = attempt.state === "down" && attempt.start !== "unavailable";
      if (!isStarting || deadlineMs <= 0) throw new RpcError(unavailable(attempt.reason));
      await new Promise((resolve) => setTimeout(resolve, STARTING_PAUSE).unref());
    }
  }

  /** Sends records in batches, in order, a few in flight; answers item by item. Rejects with an RpcError. */
  async ingest(records: IngestRecord[]): Promise<ItemResult[]> {
    const inFlight = new InFlight();
    const answers: ItemResult[] = [];
    for (const { items, bytes } of batchesOf(sendable(records, answers))) {
      while (inFlight.room() < bytes) await inFlight.next();
      inFlight.add(bytes, this.#sendBatch(items, answers));
    }
    await inFlight.all();
    return answers;
  }

  async #sendBatch(items: Sendable[], answers: ItemResult[]): Promise<void> {
    const records = items.map(({ record }) => record);
    const results = await this.run((api, signal) =>
      api.record.ingest.mutate({ records }, { signal }),
    );
    for (const [i, { index }] of items.entries()) answers[index] = results[i] ?? NO_ANSWER;
  }
}

interface Sendable {
  record: IngestRecord;
  index: number;
  bytes: number;
}

/** What can be sent; the rest is answered at once. */
function* sendable(records: IngestRecord[], answers: ItemResult[]): Generator<Sendable> {
  for (const [index, record] of records.entries()) {
    const size = measure(record);
    if (typeof size === "number") yield { record, index, bytes: size };
    else answers[index] = { ok: false, error: size };
  }
}
