import { isDeepStrictEqual } from "node:util";
import { inflateSync } from "node:zlib";
import { entities, KINDS_IN_ORDER, type Kind } from "@duolog/contract";
import { queryRows } from "../harness/rows.ts";
import type { Truth } from "./runs.ts";

type Row = Record<string, unknown>;

/** What the daemon adds, and the time at which a SessionEnd hook ran: no recording tells them. */
const OWN = new Set([
  ...["key", "changedSeq", "observedAt", "observedSeq", "stamps"],
  ...KINDS_IN_ORDER.flatMap((kind) => entities[kind].long.map(({ hash }) => hash)),
]);
const OF_THE_END = new Set(["status", "endedAt", "updatedAt"]);

const ROWS_OF = {
  session: "sessions",
  message: "messages",
  toolCall: "toolCalls",
  event: "events",
} as const satisfies Record<Kind, keyof Truth>;

const keyOf = ({ sessionId, id, text, data }: Row) =>
  // Of events known by a hash a session may have several of one kind.
  [sessionId, id, ...(String(id).endsWith("-#") ? [text, data] : [])].join(" ");

/** Where the record in `database` differs from the truth: at most `limit` differences, as texts. */
export function differences(database: string, truths: Truth[], limit = 10): string[] {
  const texts = readTexts(database);
  return KINDS_IN_ORDER.flatMap((kind) => {
    const wanted = truths.flatMap((truth) => truth[ROWS_OF[kind]]);
    const stored = queryRows(database, `SELECT * FROM ${entities[kind].table}`);
    return differencesOf(
      kind,
      stored.map((row) => asTold(kind, row, texts)),
      wanted,
    ).slice(0, limit);
  }).slice(0, limit);
}

function differencesOf(kind: Kind, stored: Row[], wanted: Row[]): string[] {
  const found: string[] = [];
  const expected = new Map(wanted.map((row) => [keyOf(row), row]));
  for (const row of stored) {
    const want = expected.get(keyOf(row));
    expected.delete(keyOf(row));
    if (!want) {
      found.push(`${kind}: a row too many: ${keyOf(row)}`);
      continue;
    }
    const [is, should] = [comparable(likeExpected(row, want), row), comparable(want, row)];
    if (!isDeepStrictEqual(is, should)) {
      found.push(`${kind} ${keyOf(row)}: ${difference(is, should)}`);
    }
  }
  for (const key of expected.keys()) found.push(`${kind}: missing: ${key}`);
  return found;
}

/** A text of a recording is compared as far as it is written down, and its bytes then not at all. */
function likeExpected(row: Row, want: Row): Row {
  const known = { ...row };
  for (const field of ["text", "output"]) {
    const begins = String(want[field] ?? "");
    if (begins === "" || row[field] === begins) continue;
    if (!String(row[field]).startsWith(begins)) continue;
    known[field] = begins;
    if (field === "output") known.outputBytes = want.outputBytes;
  }
  return known;
}

/** The long texts by their hashes. */
function readTexts(database: string): Map<unknown, string | null> {
  const blobs = queryRows<{ hash: string; text: string | null; deflated: ArrayBuffer | null }>(
    database,
    "SELECT hash, text, deflated FROM blobs",
  );
  return new Map(
    blobs.map(({ hash, text, deflated }) => [
      hash,
      deflated ? inflateSync(Buffer.from(deflated)).toString() : text,
    ]),
  );
}

/** A stored row by its fields, its long texts in their places, an id that is a hash as its kind alone. */
function asTold(kind: Kind, row: Row, texts: Map<unknown, string | null>): Row {
  const { columns, types, long } = entities[kind];
  const told: Row = {};
  for (const [field, column] of Object.entries<string>(columns)) {
    const isFlag = (types as Record<string, string>)[field]?.startsWith("Boolean");
    told[field] = isFlag && row[column] !== null ? row[column] === 1 : row[column];
  }
  for (const { text, hash } of long) told[text] ??= texts.get(told[hash]) ?? null;
  if (kind === "event") told.id = String(told.id).replace(/-[0-9a-f]{16}$/, "-#");
  return told;
}

/** The present values; without those of its end for a session that `stored` says has ended. */
function comparable(row: Row, stored: Row): Row {
  const ended = stored.status === "ended";
  return Object.fromEntries(
    Object.entries(row)
      .filter(([field, value]) => value !== null && !OWN.has(field))
      // Some of the expectations name what the daemon did not infer.
      .filter(([field, value]) => value !== false || !field.endsWith("Inferred"))
      .filter(([field]) => !ended || !OF_THE_END.has(field))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function difference(stored: Row, want: Row): string {
  const fields = [...new Set([...Object.keys(stored), ...Object.keys(want)])];
  return fields
    .filter((field) => stored[field] !== want[field])
    .map(
      (field) => `${field} is ${JSON.stringify(stored[field])}, not ${JSON.stringify(want[field])}`,
    )
    .join("; ")
    .slice(0, 500);
}
