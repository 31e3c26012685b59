import type { Found } from "../reader/readPortions.ts";
import type { LiveSession } from "./liveSession.ts";

/** One turn's share of the work, ms: whoever waits for a live session waits so much longer at most. */
const TURN = 100;

/** The session that is being read. */
interface Current {
  readonly session: LiveSession;
  readonly portions: Iterator<Found>;
}

/** What a backlog needs of the forwarder. */
export interface BacklogOptions {
  readonly open: (sessionId: string) => LiveSession;
  /** Hands a portion over; resolves once it is acknowledged and the position saved. */
  readonly deliver: (session: LiveSession, portion: Found) => Promise<void>;
  /** All of a session was read. */
  readonly done: (session: LiveSession) => void;
}

/**
 * Sessions that nobody works in and that are to be read from their start once more, a few portions
 * at a time, so that live ones go before.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #sessions = new Set<string>();
  #current: Current | null = null;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#sessions.size === 0;
  }

  add(sessionId: string): void {
    this.#sessions.add(sessionId);
  }

  /** Leaves a session to whoever follows it now, from the position that is saved. */
  drop(sessionId: string): void {
    this.#sessions.delete(sessionId);
    if (this.#current?.session.sessionId === sessionId) this.#current = null;
  }

  clear(): void {
    this.#sessions.clear();
    this.#current = null;
  }

  /** Works for a turn. Throws like its `deliver`, and like fs. */
  async work(): Promise<void> {
    const until = performance.now() + TURN;
    while (!this.isEmpty && performance.now() < until) await this.#next();
  }

  async #next(): Promise<void> {
    const current = this.#current ?? this.#begin();
    if (current === null) return;
    const { done, value } = current.portions.next();
    if (!done) return this.#options.deliver(current.session, value);
    this.#options.done(current.session);
    this.drop(current.session.sessionId);
  }

  #begin(): Current | null {
    const [sessionId] = this.#sessions;
    if (sessionId === undefined) return null;
    const session = this.#options.open(sessionId);
    this.#current = { session, portions: session.read() };
    return this.#current;
  }
}
