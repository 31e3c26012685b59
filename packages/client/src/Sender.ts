import { type ItemResult, isFinal, type Refusal } from "@duolog/contract";
import { BATCH_BYTES, BATCH_COUNT, NO_ANSWER } from "./batches.ts";
import { InFlight } from "./InFlight.ts";
import { isObject } from "./local/files/isObject.ts";
import type { Pending, Spool } from "./spool/Spool.ts";
import { backoffDelay, STARTING_PAUSE, upgradeDelay } from "./transport/backoff.ts";
import type { Connection } from "./transport/Connection.ts";
import type { Attempt, Connector } from "./transport/Connector.ts";
import { type Failure, failureOf, refusalOfFailure, unavailable } from "./transport/errors.ts";

/** So many times a daemon that is being started is asked again. */
const STARTING_TRIES = 125;
/** After this time, ms, a record handed in is worth a new try in the middle of a long wait. */
const EAGER_AFTER = 1_000;

/** What must pass before the next try, the shorter first. */
const PAUSES = ["starting", "soon", "longer", "upgrade"] as const;
type Pause = (typeof PAUSES)[number];

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

/** Empties the spool: batches in order, a few in flight, waits between failures. Holds no process. */
export class Sender {
  readonly #spool: Spool;
  readonly #connector: Connector;
  readonly #events: SenderEvents;
  readonly #deadlineMs: number;
  #running = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
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
    if (this.#timer && (this.#upgrade || performance.now() - this.#lastTry < EAGER_AFTER)) {
      if (this.#stalled) this.#events.stalled();
      return;
    }
    this.retryNow();
  }

  /** Ends a wait. */
  retryNow(): void {
    if (this.#running || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = true;
    // After the current turn, so that all calls made in it share a batch.
    queueMicrotask(() => {
      this.#run().catch((error) => this.#recover(error));
    });
  }

  /** No more tries; a batch in flight may still be answered. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    const pauses: Pause[] = [];
    const inFlight = new InFlight();
    while (this.#spool.hasReady && pauses.length === 0 && !this.#stopped) {
      const connection = await this.#connect();
      if (typeof connection === "string") pauses.push(connection);
      else if (!this.#sendNext(connection, inFlight, pauses)) await inFlight.next();
    }
    await inFlight.all();
    this.#running = false;
    if (this.#spool.size === 0) this.#events.drained();
    else if (pauses.length > 0) this.#sleep(longest(pauses));
    else if (this.#spool.hasReady) this.wake();
  }

  /** A fault of our own must not end the host; what was on its way stays in the segments. */
  #recover(error: unknown): void {
    this.#running = false;
    this.#events.failed(unavailable(String(error)));
    this.#sleep("longer");
  }

  /** False where the batches in flight leave no room. */
  #sendNext(connection: Connection, inFlight: InFlight, pauses: Pause[]): boolean {
    // While a record that the daemon stumbles on is looked for, no other goes down with it.
    const room = inFlight.room(this.#batchCount < BATCH_COUNT ? 1 : undefined);
    const batch = this.#spool.take(
      this.#batchCount,
      Math.min(BATCH_BYTES, room),
      inFlight.size > 0,
    );
    if (batch.length === 0) return inFlight.size === 0;
    const bytes = batch.reduce((sum, pending) => sum + pending.bytes, 0);
    const sent = this.#send(connection, batch).then((pause) => {
      if (pause) pauses.push(pause);
    });
    inFlight.add(bytes, sent);
    return true;
  }

  #sleep(pause: Pause): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.retryNow();
    }, this.#milliseconds(pause));
    this.#timer.unref();
  }

  #milliseconds(pause: Pause): number {
    switch (pause) {
      case "starting":
        return STARTING_PAUSE;
      case "soon":
        return backoffDelay(0, Math.random());
      case "longer":
        this.#failures += 1;
        return backoffDelay(this.#failures - 1, Math.random());
      case "upgrade":
        return upgradeDelay(Math.random());
    }
  }

  async #connect(): Promise<Connection | Pause> {
    this.#lastTry = performance.now();
    const attempt = await this.#connector.attempt();
    if (attempt.state !== "connected") return this.#notConnected(attempt);
    this.#starting = 0;
    this.#stalled = false;
    return attempt.connection;
  }

  /** Tells what must pass before the next batch, null for nothing. */
  async #send(connection: Connection, batch: Pending[]): Promise<Pause | null> {
    const records = batch.map((pending) => pending.record);
    try {
      const results = await connection.call(
        (api, signal) => api.record.ingest.mutate({ records }, { signal }),
        this.#deadlineMs,
      );
      return this.#answered(batch, results);
    } catch (error) {
      return this.#failed(batch, failureOf(error));
    }
  }

  #notConnected(attempt: Exclude<Attempt, { state: "connected" }>): Pause {
    this.#events.failed(unavailable(attempt.reason));
    const isStarting = attempt.state === "down" && attempt.start !== "unavailable";
    if (isStarting && this.#starting < STARTING_TRIES) {
      this.#starting += 1;
      return "starting";
    }
    if (attempt.state === "down" && !isStarting) this.#stall();
    return "longer";
  }

  #stall(): void {
    this.#stalled = true;
    this.#events.stalled();
  }

  /** Item by item. What may work later goes behind the others. */
  #answered(batch: Pending[], results: ItemResult[]): Pause | null {
    const later: Pending[] = [];
    let refusal: Refusal | null = null;
    for (const [index, pending] of batch.entries()) {
      const result = checked(results[index]);
      if (result.ok || isFinal(result.error.code)) {
        this.#settle(pending, result);
      } else {
        refusal = result.error;
        later.push(pending);
      }
    }
    this.#spool.putBack(later, "last");
    this.#events.failed(refusal);
    if (refusal) return later.length < batch.length ? "soon" : "longer";
    this.#failures = 0;
    this.#upgrade = false;
    this.#stalled = false;
    this.#batchCount = Math.min(BATCH_COUNT, this.#batchCount * 2);
    return null;
  }

  #settle(pending: Pending, result: ItemResult): void {
    this.#spool.settle(pending);
    this.#events.answered(pending, result);
  }

  /** The call failed as a whole. */
  #failed(batch: Pending[], failure: Failure): Pause | null {
    const refusal = refusalOfFailure(failure);
    this.#events.failed(refusal);
    const isFinalAnswer = isFinal(refusal.code) || (failure.by === "transport" && failure.tooBig);
    if (isFinalAnswer) return this.#failedForGood(batch, refusal);
    if (refusal.code === "UPGRADE") return this.#mustUpgrade(batch);
    // A record on which the daemon stumbles must not hold up the others.
    const suspect = refusal.code === "INTERNAL" || failure.by === "transport";
    this.#spool.putBack(batch, suspect && batch.length === 1 ? "last" : "first");
    if (suspect) this.#batchCount = Math.max(1, batch.length >> 1);
    return "longer";
  }

  #failedForGood(batch: Pending[], refusal: Refusal): null {
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

  #mustUpgrade(batch: Pending[]): Pause {
    this.#spool.putBack(batch, "first");
    this.#upgrade = true;
    this.#stall();
    return "upgrade";
  }
}

/** What stands for an answer that is none. */
function checked(result: ItemResult | undefined): ItemResult {
  return result?.ok || isObject(result?.error) ? (result as ItemResult) : NO_ANSWER;
}

function longest(pauses: Pause[]): Pause {
  return pauses.reduce((a, b) => (PAUSES.indexOf(a) > PAUSES.indexOf(b) ? a : b));
}
