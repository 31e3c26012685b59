import { type IngestRecord, MIN_TIME, type Source } from "@duolog/contract";

interface Created {
  source: Source | null | undefined;
  at: number;
}

/**
 * The times at which sessions were made, held back while their lines are read: the first one told
 * stays (M2), and a session's earliest line may stand in any of the parts.
 */
export class CreatedTimes {
  readonly #earliest = new Map<string, Created>();

  /** The record without its time, which is noted. */
  holdBack(record: IngestRecord): IngestRecord {
    if (record.kind !== "session" || record.data.createdAt == null) return record;
    const { createdAt: at, ...data } = record.data;
    const { id, source } = data;
    const known = this.#earliest.get(id);
    if (known === undefined || at < known.at) this.#earliest.set(id, { source, at });
    return { kind: "session", data };
  }

  /**
   * A record for each session that says when it was made, and nothing else: it counts as observed
   * then, which moves no other field.
   * @param isRead false for a session of whose lines some were not read
   */
  *records(isRead: (sessionId: string) => boolean): Generator<IngestRecord> {
    for (const [id, { source, at }] of this.#earliest) {
      if (!isRead(id)) continue;
      const observed = { observedAt: Math.max(at, MIN_TIME), observedSeq: 0 };
      yield { kind: "session", data: { id, source: source ?? null, createdAt: at, ...observed } };
    }
  }
}
