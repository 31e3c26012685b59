import type { IngestRecord } from "@duolog/contract";

type Value = string | number | boolean | null;
type Row = Record<string, Value>;
type Field = { value: Value; at: number; seq: number };
/** Rows by kind, session and id. */
export type Merged = Record<string, Row>;

const FIRST = ["createdAt"];
const LARGER = /Tokens$|^cost$|^updatedAt$/;
/** The daemon's own or the merge's own: not facts. */
const NO_FACTS = ["observedAt", "observedSeq"];

/**
 * The record that these make by the merge table's plain rules (design.md, M2 to M5): absent never
 * replaces present, tokens and costs the larger, else the later observed, then the greater.
 */
export function mergeRecords(records: IngestRecord[]): Merged {
  const rows = new Map<string, Map<string, Field>>();
  for (const { kind, data } of records) {
    const key = [kind, "sessionId" in data ? data.sessionId : "", data.id].join(" ");
    const fields = rows.get(key) ?? new Map<string, Field>();
    rows.set(key, fields);
    for (const [name, value] of Object.entries(data)) {
      const theirs = { value: value ?? null, at: data.observedAt ?? 0, seq: data.observedSeq ?? 0 };
      const ours = fields.get(name) ?? { value: null, at: -1, seq: -1 };
      fields.set(name, wins(name, ours, theirs) ? theirs : ours);
    }
  }
  const facts = [...rows].map(([key, fields]) => [
    key,
    Object.fromEntries(
      [...fields]
        .filter(([name]) => !NO_FACTS.includes(name))
        .map(([name, { value }]) => [name, value]),
    ),
  ]);
  return Object.fromEntries(facts);
}

function wins(name: string, ours: Field, theirs: Field): boolean {
  if (theirs.value === null || theirs.value === "") return false;
  if (ours.value === null) return true;
  if (FIRST.includes(name)) return false;
  if (LARGER.test(name)) return theirs.value > ours.value;
  if (name === "status" && (ours.value === "running") !== (theirs.value === "running")) {
    return ours.value === "running";
  }
  const order = theirs.at - ours.at || theirs.seq - ours.seq;
  return order > 0 || (order === 0 && rank(theirs.value) > rank(ours.value));
}

function rank(value: Value): number {
  return typeof value === "string" ? value.length : Number(value);
}
