import { setImmediate } from "node:timers/promises";
import type { Found, IngestRecord, Unreadable } from "@duolog/contract";
import { isTold } from "../failure.ts";
import type { Part, Store } from "../stores/store.ts";
import type { Chosen } from "./chooseParts.ts";
import { CreatedTimes } from "./createdTimes.ts";
import type { Answered } from "./delivery.ts";
import type { Progress } from "./progress.ts";
import { type Counts, type PartTally, type Reasons, Tally } from "./tally.ts";

/** Where what is read goes. */
export interface Sink {
  /** Takes a record; resolves when there is room for another. */
  add(record: IngestRecord, answered: Answered): Promise<void> | null;
  /** Keeps what gives no record. */
  putAside(thing: Unreadable): void;
  /** Keeps a record that was refused for good. */
  refused(record: IngestRecord, reason: string): void;
  /** Resolves when all is answered. */
  end(): Promise<void>;
}

/** How an import is run. */
export interface Run {
  sink: Sink;
  progress: Progress;
  /** Tells it to end before its time. */
  stop: AbortSignal;
}

/** A part that could not be read. */
export interface Failed {
  part: Part;
  reason: string;
}

/** What became of a store. */
export interface Outcome {
  counts: Counts;
  refused: Reasons;
  unreadable: Reasons;
  bytesRead: number;
  failed: Failed[];
  /** Parts that held messages which the record did not have. */
  fresh: ReadonlySet<Part>;
  /** Types that this version does not know. */
  unknown: string[];
}

/** Signals and answers are seen at least so often, ms. */
const TURN_MS = 25;

/** Reads the chosen parts of a store. Rejects as the sink does, and with the reason of `stop`. */
export function importStore(store: Store, chosen: Chosen, run: Run): Promise<Outcome> {
  return new StoreImport(store, chosen, run).run();
}

class StoreImport {
  readonly #store: Store;
  readonly #chosen: Chosen;
  readonly #run: Run;
  readonly #tally = new Tally();
  readonly #times = new CreatedTimes();
  readonly #failed: Failed[] = [];
  readonly #fresh = new Set<Part>();
  readonly #unknown = new Set<string>();
  #bytes = 0;
  #turn = performance.now();

  constructor(store: Store, chosen: Chosen, run: Run) {
    this.#store = store;
    this.#chosen = chosen;
    this.#run = run;
  }

  async run(): Promise<Outcome> {
    const { sink } = this.#run;
    for (const part of this.#chosen.read) await this.#readPart(part);
    await this.#tellTimes();
    await sink.end();
    const { refused, unreadable } = this.#tally;
    const [failed, unknown] = [this.#failed, [...this.#unknown]];
    const counts = this.#tally.end();
    const fresh = this.#fresh;
    return { counts, refused, unreadable, bytesRead: this.#bytes, failed, fresh, unknown };
  }

  async #readPart(part: Part): Promise<void> {
    const tally = this.#tally.openPart();
    const answered: Answered = (record, result) => {
      tally.answered(record, result);
      if (record.kind === "message" && result.ok && result.added) this.#fresh.add(part);
      if (!result.ok) this.#run.sink.refused(record, result.error.message);
    };
    for await (const found of this.#foundIn(part)) await this.#take(found, tally, answered);
    tally.end();
    this.#run.progress.sessionDone(part.bytes);
  }

  /** What could not be read is no reason to leave the others. */
  async *#foundIn(part: Part): AsyncGenerator<Found> {
    try {
      yield* part.read();
      this.#bytes += part.bytes;
    } catch (error) {
      if (this.#store.source === null || !isTold(error)) throw error;
      this.#failed.push({ part, reason: error.message });
    }
  }

  async #take(found: Found, tally: PartTally, answered: Answered): Promise<void> {
    const { sink, progress, stop } = this.#run;
    for (const type of found.unknown ?? []) this.#unknown.add(type);
    for (const thing of found.unreadable) {
      this.#tally.putAside(thing.reason);
      sink.putAside(thing);
    }
    for (const record of found.records) {
      tally.read(record);
      const isAgents = this.#store.source !== null;
      const full = sink.add(isAgents ? this.#times.holdBack(record) : record, answered);
      if (full) await full;
    }
    const now = performance.now();
    progress.read(found.records.length, now);
    if (now - this.#turn > TURN_MS) {
      await setImmediate();
      this.#turn = performance.now();
    }
    stop.throwIfAborted();
  }

  /** A session's time waits for the next import where not all was read that names it. */
  async #tellTimes(): Promise<void> {
    const { older } = this.#chosen;
    const unread = new Set([...older, ...this.#failed.map(({ part }) => part)].map(({ id }) => id));
    const answered: Answered = (record, result) => this.#tally.timeTold(record.data.id, result);
    for (const record of this.#times.records((id) => !unread.has(id))) {
      await this.#run.sink.add(record, answered);
    }
  }
}
