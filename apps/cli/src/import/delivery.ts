import { setImmediate } from "node:timers/promises";
import type { RpcClient } from "@duolog/client";
import { type IngestRecord, type ItemResult, isFinal, textOf } from "@duolog/contract";
import { Failure } from "../failure.ts";

/** Records of one call, and the text of them, UTF-16 units. */
const BATCH_RECORDS = 100;
const BATCH_TEXT = 1_000_000;
/** Calls, and the text of them, that wait for answers: while the daemon writes one, the next is made. */
const CALLS = 8;
const CALLS_TEXT = 4_000_000;

/** What is told the answer to a record that was handed in. */
export type Answered = (record: IngestRecord, result: ItemResult) => void;

interface Batch {
  records: IngestRecord[];
  answered: Answered[];
  /** UTF-16 units. */
  text: number;
}

/** Hands records to the daemon, some calls at a time, so that both work. */
export class Delivery {
  readonly #rpc: Pick<RpcClient, "ingest">;
  readonly #calls = new Set<Promise<void>>();
  #next: Batch = { records: [], answered: [], text: 0 };
  #textInFlight = 0;
  #failure: string | null = null;

  constructor(rpc: Pick<RpcClient, "ingest">) {
    this.#rpc = rpc;
  }

  /**
   * Takes a record; null where there is room for another, else resolves when there is. Rejects with
   * Failure where the daemon is gone.
   */
  add(record: IngestRecord, answered: Answered): Promise<void> | null {
    const batch = this.#next;
    batch.records.push(record);
    batch.answered.push(answered);
    batch.text += textOf(record);
    const isFull = batch.records.length >= BATCH_RECORDS || batch.text >= BATCH_TEXT;
    return isFull ? this.#send() : null;
  }

  /** Resolves when all is answered. Rejects as `add`. */
  async end(): Promise<void> {
    if (this.#next.records.length > 0) await this.#send();
    while (this.#calls.size > 0) await this.#oneAnswered();
  }

  async #send(): Promise<void> {
    const batch = this.#next;
    this.#next = { records: [], answered: [], text: 0 };
    while (!this.#hasRoom(batch.text)) await this.#oneAnswered();
    const call = this.#call(batch).finally(() => {
      this.#calls.delete(call);
      this.#textInFlight -= batch.text;
    });
    this.#calls.add(call);
    this.#textInFlight += batch.text;
    // Reading goes on without a pause: so that this call is sent, and answers to others are taken.
    await setImmediate();
    this.#throwFailure();
  }

  #hasRoom(text: number): boolean {
    if (this.#calls.size === 0) return true;
    return this.#calls.size < CALLS && this.#textInFlight + text <= CALLS_TEXT;
  }

  async #oneAnswered(): Promise<void> {
    await Promise.race(this.#calls);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure === null) return;
    throw new Failure(
      `not all was imported: ${this.#failure}. Run it again: nothing is taken over twice`,
    );
  }

  /** Never rejects. */
  async #call({ records, answered }: Batch): Promise<void> {
    const answer = await this.#rpc.ingest(records);
    if (answer.status === "unavailable") {
      this.#failure ??= answer.reason;
      return;
    }
    for (const [i, record] of records.entries()) {
      const result = answer.results[i];
      if (result && (result.ok || isFinal(result.error.code))) answered[i]?.(record, result);
      else this.#failure ??= result ? result.error.message : "no answer";
    }
  }
}
