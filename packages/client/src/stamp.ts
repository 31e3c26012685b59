import type { IngestRecord } from "@duolog/contract";

/**
 * The record as it will be sent however often, copied: with the time of its observation, for a
 * sender that gives none the agent's own time, else `now` (epoch ms) and `seq`, which orders
 * observations of one millisecond. Stamped once, so that a replay is an exact repeat.
 */
export function stamp(record: IngestRecord, now: number, seq: number): IngestRecord {
  const { observedAt, observedSeq, updatedAt } = record.data ?? {};
  const told = observedAt ?? updatedAt;
  const stamped =
    told == null ? { observedAt: now, observedSeq: observedSeq ?? seq } : { observedAt: told };
  return { kind: record.kind, data: { ...record.data, ...stamped } } as IngestRecord;
}
