import type { Ack } from "./types.ts";

interface Waiter {
  resolve: (ack: Ack) => void;
  /** Monotonic, ms. */
  deadline: number;
  /** The answer when nobody gives another. */
  fallback: Ack;
}

/**
 * The awaited calls, each answered once: by `answer`, or by its fallback at the deadline. One timer
 * for all; it holds the process while somebody waits, and nothing does when nobody waits.
 */
export class Waiters {
  readonly #deadlineMs: number;
  /** In order of their deadlines, which is the order of their coming. */
  readonly #waiters = new Map<number, Waiter>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Waits for the answer to `key`. */
  wait(key: number, fallback: Ack): Promise<Ack> {
    return new Promise((resolve) => {
      const deadline = performance.now() + this.#deadlineMs;
      this.#waiters.set(key, { resolve, deadline, fallback });
      this.#arm();
    });
  }

  /** Answers the call, if somebody waits for it. */
  answer(key: number, ack: Ack): void {
    const waiter = this.#waiters.get(key);
    if (!waiter) return;
    this.#waiters.delete(key);
    waiter.resolve(ack);
    if (this.#waiters.size > 0 || !this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Answers all with their fallbacks: nothing better will come in time. */
  giveUp(): void {
    this.#expire(Number.POSITIVE_INFINITY);
  }

  #expire(now: number): void {
    for (const [key, { deadline, fallback }] of this.#waiters) {
      if (deadline > now) break;
      this.answer(key, fallback);
    }
  }

  #arm(): void {
    const [first] = this.#waiters.values();
    if (this.#timer || !first) return;
    const delay = Math.max(0, first.deadline - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // Timers may fire a fraction of a millisecond early.
      this.#expire(performance.now() + 1);
      this.#arm();
    }, delay);
  }
}
