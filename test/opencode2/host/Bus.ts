/** Where real releases differ, or may: each is played both ways. */
export interface Rules {
  /** Whether the signal given to `subscribe` ends a stream, or `return()` alone does. */
  heedsSignal: boolean;
  /** Whether a location's streams are closed before its plugins are cleaned up, or afterwards. */
  closesFirst: boolean;
  /** Whether a `next()` under way ever settles once its stream is closed. */
  settlesNext: boolean;
}

/** 2.0.2x as read; a `next()` that hangs is what the report of 503s tells (opencode#42898). */
export const RULES: Rules = { heedsSignal: true, closesFirst: false, settlesNext: false };

/** An event that OpenCode can't encode. */
export const POISON = Symbol("poison");

/**
 * All events of a process, for all its locations: packages/core/src/bus.ts (one unbounded queue for
 * each subscriber, no replay).
 */
export class Bus {
  readonly #streams = new Set<EventStream>();

  publish(event: unknown): void {
    for (const stream of [...this.#streams]) stream.push(event);
  }

  /** Streams that are open now. */
  get open(): number {
    return this.#streams.size;
  }

  /** What one location's `ctx.event` is, and what closes its streams. */
  domain(rules: Rules): EventDomain {
    return new EventDomain(this.#streams, rules);
  }
}

/** packages/plugin/src/promise/adapter.ts, makeStreams: a stream for each iterator, closed with the plugin's scope. */
export class EventDomain {
  readonly #streams: Set<EventStream>;
  readonly #own = new Set<EventStream>();
  readonly #rules: Rules;

  constructor(streams: Set<EventStream>, rules: Rules) {
    this.#streams = streams;
    this.#rules = rules;
  }

  subscribe(options?: { signal?: AbortSignal }): AsyncIterable<unknown> {
    return {
      [Symbol.asyncIterator]: () => {
        const stream = new EventStream(this.#rules.settlesNext, () => this.#forget(stream));
        this.#streams.add(stream);
        this.#own.add(stream);
        const { signal } = options ?? {};
        if (this.#rules.heedsSignal) {
          signal?.addEventListener("abort", () => stream.close(), { once: true });
          if (signal?.aborted) stream.close();
        }
        return stream;
      },
    };
  }

  /** The end of the scope. */
  close(): void {
    for (const stream of [...this.#own]) stream.close();
  }

  #forget(stream: EventStream): void {
    this.#streams.delete(stream);
    this.#own.delete(stream);
  }
}

type Result = IteratorResult<unknown, undefined>;

class EventStream implements AsyncIterator<unknown, undefined> {
  readonly #settlesNext: boolean;
  readonly #onClose: () => void;
  readonly #queue: unknown[] = [];
  #waiting: { resolve(result: Result): void; reject(error: Error): void } | null = null;
  #isClosed = false;

  constructor(settlesNext: boolean, onClose: () => void) {
    this.#settlesNext = settlesNext;
    this.#onClose = onClose;
  }

  push(event: unknown): void {
    if (!this.#waiting) {
      this.#queue.push(event);
      return;
    }
    const { resolve, reject } = this.#waiting;
    this.#waiting = null;
    if (event === POISON) reject(this.#unencodable());
    else resolve({ done: false, value: event });
  }

  async next(): Promise<Result> {
    if (this.#queue.length > 0) {
      const event = this.#queue.shift();
      if (event === POISON) throw this.#unencodable();
      return { done: false, value: event };
    }
    if (this.#isClosed) return { done: true, value: undefined };
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async return(): Promise<Result> {
    this.close();
    return { done: true, value: undefined };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.length = 0;
    if (this.#settlesNext) this.#waiting?.resolve({ done: true, value: undefined });
    this.#onClose();
  }

  /** The adapter's `next`: a failure closes the stream and rejects. */
  #unencodable(): Error {
    this.close();
    return new Error("SchemaError: Expected …");
  }
}
