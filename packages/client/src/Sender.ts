import { type ItemResult, isFinal, type Refusal } from "@duolog/contract";
import { BATCH_BYTES, BATCH_COUNT } from "./batches.ts";
import type { Pending, Spool } from "./spool/Spool.ts";
import { backoffDelay, upgradeDelay } from "./transport/backoff.ts";
import type { Attempt, Connector } from "./transport/Connector.ts";
import { type Failure, failureOf, refusalOfFailure, unavailable } from "./transport/errors.ts";

/** A daemon being started is asked again so often, ms, for so many times. */
const STARTING_PAUSE = 40;
const STARTING_TRIES = 125;
/** After this time, ms, a record handed in is worth a new try in the middle of a long wait. */
const EAGER_AFTER = 1_000;

const NO_ANSWER: ItemResult = { ok: false, error: unavailable("no answer for this record") };

/** What the sender tells as it goes. */
export interface SenderEvents {
  /** The record is committed or refused for good. */
  answered(pending: Pending, result: ItemResult): void;
  /** Nothing will be delivered soon: no daemon can be started, or one side must be upgraded. */
  stalled(): void;
  /** Of the last try; null where it went well. */
  failed(error: Refusal | null): void;
  /** The spool is empty. */
  drained(): void;
}

/** Empties the spool: batches in order, one in flight, waits between failures. Holds no process. */
export class Sender {
  readonly #spool: Spool;
  readonly #connector: Connector;
  readonly #events: SenderEvents;
  readonly #deadlineMs: number;
  #running = false;
  #stopped = false;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #starting = 0;
  #lastTry = Number.NEGATIVE_INFINITY;
  #upgrade = false;
  #stalled = false;
  /** Halved when a batch fails as a whole, so that one bad record is found. */
  #batchCount = BATCH_COUNT;

  constructor(spool: Spool, connector: Connector, events: SenderEvents, deadlineMs: number) {
    this.#spool = spool;
    this.#connector = connector;
    this.#events = events;
    this.#deadlineMs = deadlineMs;
  }

  /** There is something to send. During a wait it is tried at once when the last try is old enough. */
  wake(): void {
    if (this.#running || this.#stopped) return;
    if (this.#timer && !this.#isWorthATry()) {
      if (this.#stalled) this.#events.stalled();
      return;
    }
    this.retryNow();
  }

  /** Ends a wait. */
  retryNow(): void {
    if (this.#running || this.#stopped) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = true;
    // After the current turn, so that all calls made in it share a batch.
    queueMicrotask(() => void this.#run());
  }

  /** No more tries; a batch in flight may still be answered. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #isWorthATry(): boolean {
    return !this.#upgrade && performance.now() - this.#lastTry >= EAGER_AFTER;
  }

  async #run(): Promise<void> {
    let wait: number | null = null;
    while (this.#spool.size > 0 && wait === null && !this.#stopped) wait = await this.#step();
    this.#running = false;
    if (this.#spool.size === 0) this.#events.drained();
    else if (wait !== null && !this.#stopped) this.#sleep(wait);
  }

  #sleep(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.retryNow();
    }, ms);
    this.#timer.unref();
  }

  /** Sends one batch; returns how long to wait before the next, null for not at all. */
  async #step(): Promise<number | null> {
    this.#lastTry = performance.now();
    const attempt = await this.#connector.attempt();
    if (attempt.state !== "connected") return this.#notConnected(attempt);
    this.#starting = 0;
    this.#stalled = false;
    const batch = this.#spool.take(this.#batchCount, BATCH_BYTES);
    if (batch.length === 0) return null;
    const records = batch.map((pending) => pending.record);
    try {
      const results = await attempt.connection.call(
        (api, signal) => api.record.ingest.mutate({ records }, { signal }),
        this.#deadlineMs,
      );
      return this.#answered(batch, results);
    } catch (error) {
      return this.#failed(batch, failureOf(error));
    }
  }

  #notConnected(attempt: Exclude<Attempt, { state: "connected" }>): number {
    this.#events.failed(unavailable(attempt.reason));
    const isStarting = attempt.state === "down" && attempt.start !== "unavailable";
    if (isStarting && this.#starting < STARTING_TRIES) {
      this.#starting += 1;
      return STARTING_PAUSE;
    }
    if (attempt.state === "down" && !isStarting) this.#stall();
    return this.#backOff();
  }

  #stall(): void {
    this.#stalled = true;
    this.#events.stalled();
  }

  #backOff(): number {
    this.#failures += 1;
    return backoffDelay(this.#failures - 1, Math.random());
  }

  /** Item by item. What may work later goes behind the others. */
  #answered(batch: Pending[], results: ItemResult[]): number | null {
    const later: Pending[] = [];
    let refusal: Refusal | null = null;
    for (const [index, pending] of batch.entries()) {
      const result = results[index] ?? NO_ANSWER;
      if (result.ok || isFinal(result.error.code)) {
        this.#settle(pending, result);
      } else {
        refusal = result.error;
        later.push(pending);
      }
    }
    this.#spool.putBack(later, "last");
    this.#events.failed(refusal);
    if (refusal)
      return later.length < batch.length ? backoffDelay(0, Math.random()) : this.#backOff();
    this.#recovered();
    return null;
  }

  #recovered(): void {
    this.#failures = 0;
    this.#upgrade = false;
    this.#stalled = false;
    this.#batchCount = Math.min(BATCH_COUNT, this.#batchCount * 2);
  }

  #settle(pending: Pending, result: ItemResult): void {
    this.#spool.settle(pending);
    this.#events.answered(pending, result);
  }

  /** The call failed as a whole. */
  #failed(batch: Pending[], failure: Failure): number | null {
    const refusal = refusalOfFailure(failure);
    this.#events.failed(refusal);
    const isFinalAnswer = isFinal(refusal.code) || (failure.by === "transport" && failure.tooBig);
    if (isFinalAnswer) return this.#failedForGood(batch, refusal);
    if (refusal.code === "UPGRADE") return this.#mustUpgrade(batch);
    // A record on which the daemon stumbles must not hold up the others.
    const suspect = refusal.code === "INTERNAL" || failure.by === "transport";
    this.#spool.putBack(batch, suspect && batch.length === 1 ? "last" : "first");
    if (suspect) this.#batchCount = Math.max(1, batch.length >> 1);
    return this.#backOff();
  }

  #failedForGood(batch: Pending[], refusal: Refusal): number | null {
    const [only] = batch;
    if (only && batch.length === 1) {
      const error: Refusal = isFinal(refusal.code) ? refusal : { ...refusal, code: "INVALID" };
      this.#settle(only, { ok: false, error });
      return null;
    }
    this.#spool.putBack(batch, "first");
    this.#batchCount = 1;
    return null;
  }

  #mustUpgrade(batch: Pending[]): number {
    this.#spool.putBack(batch, "first");
    this.#upgrade = true;
    this.#stall();
    return upgradeDelay(Math.random());
  }
}
