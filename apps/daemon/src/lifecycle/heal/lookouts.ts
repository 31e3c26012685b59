/** More sessions than that are not named: then all that changed are read. */
const MOST_NAMED = 50;
/** A session is not read again before so long after it was, ms. */
const REST_MS = 3_000;

/** How long is waited for more, ms, before a look at the agents' stores. */
export interface Delays {
  /** After what comes at leisure: the start, a session's end, a dead process's spool. */
  delayMs: number;
  /** After what an agent just did, of which no event tells the whole. */
  soonMs: number;
}

/** What one look is for. */
export interface Look {
  /** Sessions that are read whatever is going on in them. */
  named: string[];
  /** All sessions that changed or came are to be read. */
  known: boolean;
  /** Of those, the ones that somebody works in too. */
  live: boolean;
}

/** Which sessions are to be looked at again, and when. Pure but for its memory: times (ms) are given. */
export class Lookouts {
  readonly #delays: Delays;
  readonly #later = new Set<string>();
  #known = false;
  #live = false;
  /** When all were last looked at. */
  #allLookedAt = Number.NEGATIVE_INFINITY;
  /** When what comes at leisure is due; null where nothing is. */
  #laterAt: number | null = null;
  /** When each of the others is due. */
  readonly #soon = new Map<string, number>();
  /** When a session was last looked at. */
  readonly #looked = new Map<string, number>();

  constructor(delays: Delays) {
    this.#delays = delays;
  }

  /** Asks for these, or for all that the record has: what comes by then is looked at with them. */
  add(sessions: readonly string[] | null, now: number): void {
    if (sessions === null) this.#known = true;
    for (const id of sessions ?? []) this.#later.add(id);
    this.#laterAt ??= now + this.#delays.delayMs;
  }

  /** Asks for all soon, whatever is going on in them; they are not looked at more often than at leisure. */
  addAllSoon(now: number): void {
    const { delayMs, soonMs } = this.#delays;
    this.#known = true;
    this.#live = true;
    const soon = Math.max(now + soonMs, this.#allLookedAt + delayMs);
    this.#laterAt = Math.min(this.#laterAt ?? soon, soon);
  }

  /** Asks for these soon; one that was just looked at waits, and is looked at once for all that comes. */
  addSoon(sessions: readonly string[], now: number): void {
    for (const id of sessions) {
      const rested = (this.#looked.get(id) ?? Number.NEGATIVE_INFINITY) + REST_MS;
      if (!this.#soon.has(id)) this.#soon.set(id, Math.max(now + this.#delays.soonMs, rested));
    }
  }

  /** When the next look is due; null where none is. */
  get nextAt(): number | null {
    const due = [...this.#soon.values(), ...(this.#laterAt === null ? [] : [this.#laterAt])];
    return due.length > 0 ? Math.min(...due) : null;
  }

  /** What is due by now, which is then looked at. */
  take(now: number): Look {
    const isDue = this.#laterAt !== null && this.#laterAt <= now;
    const soon = [...this.#soon].filter(([, at]) => at <= now).map(([id]) => id);
    const named = [...new Set([...(isDue ? this.#later : []), ...soon])];
    const areMany = named.length > MOST_NAMED;
    const known = (isDue && this.#known) || areMany;
    const live = (isDue && this.#live) || areMany;
    if (known) this.#allLookedAt = now;
    if (isDue) {
      this.#later.clear();
      this.#known = false;
      this.#live = false;
      this.#laterAt = null;
    }
    for (const id of soon) this.#soon.delete(id);
    this.#note(named, now);
    return { named: areMany ? [] : named, known, live };
  }

  #note(named: readonly string[], now: number): void {
    for (const [id, at] of this.#looked) if (at + REST_MS <= now) this.#looked.delete(id);
    for (const id of named) this.#looked.set(id, now);
  }
}
