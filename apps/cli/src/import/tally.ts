import type { IngestRecord, ItemResult, Kind } from "@duolog/contract";

/** What was read, and what became of it. */
export interface Counts {
  /** Rows by their ids, however many records each gave. */
  sessions: number;
  messages: number;
  toolCalls: number;
  events: number;
  /** Rows that were not in the record, and others that something was added to or changed in. */
  new: number;
  changed: number;
  /** Records that were refused: they lie in `rejected/`. */
  refused: number;
  /** Lines, events or rows that can't be read: the first 200 lie in `rejected/`. */
  unreadable: number;
}

/** Why so many of something were refused, or can't be read. */
export type Reasons = Map<string, number>;

const COUNTED = {
  session: "sessions",
  message: "messages",
  toolCall: "toolCalls",
  event: "events",
} as const satisfies Record<Kind, keyof Counts>;

/** Counts what is imported of one store. */
export class Tally {
  readonly counts: Counts = {
    sessions: 0,
    messages: 0,
    toolCalls: 0,
    events: 0,
    new: 0,
    changed: 0,
    refused: 0,
    unreadable: 0,
  };
  readonly refused: Reasons = new Map();
  readonly unreadable: Reasons = new Map();
  /** Sessions are named by several parts, other rows by one: so these alone are kept until the end. */
  readonly #sessions = new Rows();

  /** For what is read of one part; `end` is to be called of it. */
  openPart(): PartTally {
    return new PartTally(this, this.#sessions);
  }

  putAside(reason: string): void {
    this.counts.unreadable++;
    count(this.unreadable, reason);
  }

  refuse(reason: string): void {
    this.counts.refused++;
    count(this.refused, reason);
  }

  /** A session was told when it was made, which is none of what was read. */
  timeTold(session: string, result: ItemResult): void {
    if (result.ok && result.changed) this.#sessions.changed.add(session);
  }

  /** To be called when all parts have ended. */
  end(): Counts {
    this.fold(this.#sessions);
    return this.counts;
  }

  fold(rows: Rows): void {
    this.counts.new += rows.added.size;
    for (const key of rows.changed) if (!rows.added.has(key)) this.counts.changed++;
  }
}

/** Which rows were told of, by their keys. */
class Rows {
  readonly seen = new Set<string>();
  readonly added = new Set<string>();
  readonly changed = new Set<string>();
}

/** Counts the rows of one part, and forgets them once all its records are answered. */
export class PartTally {
  readonly #tally: Tally;
  readonly #sessions: Rows;
  readonly #rows = new Rows();
  /** Records that are not answered, and the reading itself. */
  #open = 1;

  constructor(tally: Tally, sessions: Rows) {
    this.#tally = tally;
    this.#sessions = sessions;
  }

  /** A record was read, and is to be `answered`. */
  read(record: IngestRecord): void {
    this.#open++;
    const { seen } = this.#of(record);
    const before = seen.size;
    if (seen.add(keyOf(record)).size > before) this.#tally.counts[COUNTED[record.kind]]++;
  }

  answered(record: IngestRecord, result: ItemResult): void {
    if (!result.ok) this.#tally.refuse(result.error.message);
    else if (result.added) this.#of(record).added.add(keyOf(record));
    else if (result.changed) this.#of(record).changed.add(keyOf(record));
    this.#close();
  }

  /** No more is read of the part. */
  end(): void {
    this.#close();
  }

  #of({ kind }: IngestRecord): Rows {
    return kind === "session" ? this.#sessions : this.#rows;
  }

  #close(): void {
    if (--this.#open === 0) this.#tally.fold(this.#rows);
  }
}

function keyOf({ kind, data }: IngestRecord): string {
  return "sessionId" in data ? `${kind} ${data.sessionId} ${data.id}` : data.id;
}

function count(reasons: Reasons, reason: string): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
