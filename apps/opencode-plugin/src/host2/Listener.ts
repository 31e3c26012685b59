import { type Events, hear } from "./hear.ts";
import { isNew, join, leave, pass, type Seat, type Seats } from "./seats.ts";

/** Between streams that end without an event: the first wait and the longest, ms. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;
/** How long an instance that leaves hears on at most, and between two looks whether more came, ms. */
const DRAIN_MS = 200;
const DRAIN_STEP = 10;

/** What a listener does with what it hears. Neither may throw. */
export interface Ears {
  take(event: unknown): void;
  /** Until now events may have passed unheard: they are in OpenCode's store alone. */
  missed(): void;
}

/** An instance of the plugin: listens while it is its turn, until it leaves. */
export class Listener implements Seat {
  readonly #seats: Seats;
  readonly #events: Events;
  readonly #ears: Ears;
  readonly #left = new AbortController();
  #heard = 0;

  constructor(seats: Seats, events: Events, ears: Ears) {
    this.#seats = seats;
    this.#events = events;
    this.#ears = ears;
    join(seats, this);
  }

  listen(after: Promise<unknown> | null): void {
    // An instance of another module, to which it passes, may fail in its own way.
    this.#listen(after).catch(() => {});
  }

  async #listen(after: Promise<unknown> | null): Promise<void> {
    const heard = hear(this.#events, this.#left.signal, after ?? Promise.resolve(), (event) =>
      this.#take(event),
    );
    if (after === null) this.#ears.missed();
    await heard;
    if (this.#left.signal.aborted) return;
    await idle(Math.min(FIRST_PAUSE * 2 ** Math.min(this.#seats.failures++, 20), LONGEST_PAUSE));
    if (!this.#left.signal.aborted) pass(this.#seats, this);
  }

  #take(event: unknown): void {
    this.#heard++;
    this.#seats.failures = 0;
    if (isNew(this.#seats, event)) this.#ears.take(event);
  }

  /**
   * Ends this instance within DRAIN_MS or little more. Another subscribes first, and takes what it
   * hears once this one took all that it had been told. Its own stream is not waited for: OpenCode
   * may keep that open until this returns.
   */
  async leave(): Promise<void> {
    const isListening = this.#seats.listener === this;
    const drained = isListening ? this.#drained() : Promise.resolve();
    leave(this.#seats, this, drained);
    await drained;
    this.#left.abort();
  }

  async #drained(): Promise<void> {
    const end = performance.now() + DRAIN_MS;
    let before = -1;
    while (before !== this.#heard && performance.now() < end) {
      before = this.#heard;
      await new Promise((resolve) => setTimeout(resolve, DRAIN_STEP));
    }
  }
}

/** Waits, and holds no process. */
function idle(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
