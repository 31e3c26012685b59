import { BYTES_IN_FLIGHT, CALLS_IN_FLIGHT } from "./batches.ts";

/**
 * The batches that wait for their answers. Calls of one moment share a frame, whose size is
 * limited: so a batch of one big record has no other beside it.
 */
export class InFlight {
  readonly #calls = new Set<Promise<void>>();
  #bytes = 0;

  /** Calls that wait. */
  get size(): number {
    return this.#calls.size;
  }

  /** Bytes that one more batch may have; without limit where it is the only one. */
  room(most = CALLS_IN_FLIGHT): number {
    if (this.#calls.size === 0) return Number.POSITIVE_INFINITY;
    return this.#calls.size < most ? BYTES_IN_FLIGHT - this.#bytes : 0;
  }

  /** Its failure is told by `next` or `all`, one of which must be called in this very turn. */
  add(bytes: number, call: Promise<void>): void {
    const counted = call.finally(() => {
      this.#calls.delete(counted);
      this.#bytes -= bytes;
    });
    this.#calls.add(counted);
    this.#bytes += bytes;
  }

  /** Resolves when one of them is answered. */
  next(): Promise<void> {
    return Promise.race(this.#calls);
  }

  /** Resolves when all of them are answered; rejects with the first failure. */
  async all(): Promise<void> {
    await Promise.all(this.#calls);
  }
}
