import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { TranscriptReader } from "../../src/reader/transcriptReader.ts";
import { readAll, readersOf } from "../reader/reading.ts";
import { BESIDE } from "./beside.ts";
import { RECORDINGS } from "./recordings.ts";
import { inOrder, type Row, Rows } from "./rows.ts";

/** A text of the recording is compared as far as it is written down, and its bytes then not at all. */
function likeExpected(row: Row, expected: Row | undefined): Row {
  const known = { ...row };
  for (const field of ["text", "output"]) {
    const begins = String(expected?.[field] ?? "");
    if (begins === "" || !String(row[field]).startsWith(begins)) continue;
    known[field] = begins;
    if (row[field] !== begins && field === "output") known.outputBytes = expected?.outputBytes;
  }
  return known;
}

const keyOf = ({ sessionId, id }: Row) => `${sessionId} ${id}`;
const sortedById = (rows: Row[]) => [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** What was told, with an id that is a hash as its kind alone. */
function byId(rows: Row[], expected: Row[]): Row[] {
  const named = rows.map((row) => ({ ...row, id: String(row.id).replace(/-[0-9a-f]{16}$/, "-#") }));
  return sortedById(
    named.map((row) =>
      likeExpected(
        row,
        expected.find((one) => keyOf(one) === keyOf(row)),
      ),
    ),
  );
}

const RUNS = Number(process.env.DUOLOG_RUNS ?? 60);

describe.each(RECORDINGS)("the recording $name", (recording) => {
  const records = () => readersOf(recording.name).flatMap((reader) => readAll(reader).records);

  test("gives the rows that its lines tell, and rejects no line", () => {
    const readings = readersOf(recording.name).map(readAll);
    const rows = new Rows().add(readings.flatMap(({ records }) => records));
    const { toolCalls, events, ...told } = rows.told();
    expect(told).toEqual(inOrder(recording));
    const expected = BESIDE[recording.name] ?? { toolCalls: [], events: [] };
    expect(byId(toolCalls, expected.toolCalls)).toEqual(sortedById(expected.toolCalls));
    expect(byId(events, expected.events)).toEqual(sortedById(expected.events));
    expect(readings.flatMap(({ broken }) => broken)).toEqual([]);
  });

  test("M4, M5: twice, and shuffled, it gives the same rows", () => {
    const once = records();
    const rows = new Rows().add(once).all();
    expect(new Rows().add(once).add(once).all()).toEqual(rows);
    fc.assert(
      fc.property(fc.shuffledSubarray(once, { minLength: once.length }), (shuffled) => {
        expect(new Rows().add(shuffled).all()).toEqual(rows);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("read as it grows, the file cut anywhere, it gives the rows of one reading", () => {
  const directory = mkdtempSync(join(tmpdir(), "duolog-grows-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(RECORDINGS)("$name", (recording) => {
    for (const whole of readersOf(recording.name)) {
      const { sessionId, agentId } = whole.owner;
      const others = readersOf(recording.name).filter(({ owner }) => owner.agentId === null);
      const beside =
        agentId === null ? [] : others.filter((one) => one.owner.sessionId === sessionId);
      beside.forEach(readAll);
      const bytes = readFileSync(whole.path);
      const rows = new Rows().add(readAll(whole).records).all();
      const path = join(directory, basename(whole.path));
      const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 });
      fc.assert(
        fc.property(cuts, fc.infiniteStream(fc.boolean()), (cuts, restarts) => {
          writeFileSync(path, "");
          let reader = new TranscriptReader(path, whole.owner, null, beside);
          const live = new Rows();
          for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
            writeFileSync(path, bytes.subarray(0, cut));
            live.add(readAll(reader).records);
            if (!restarts.next().value) continue;
            const saved = JSON.parse(JSON.stringify(reader.save()));
            reader = new TranscriptReader(path, whole.owner, saved, beside);
          }
          expect(live.all()).toEqual(rows);
        }),
        { numRuns: RUNS },
      );
    }
  });

  test("read again by a process that knows of no cursor", () => {
    const [whole] = readersOf("resume");
    if (!whole) throw new Error("no transcript");
    const path = join(directory, "again.jsonl");
    copyFileSync(whole.path, path);
    const first = new TranscriptReader(path, whole.owner);
    const rows = new Rows().add(readAll(first).records);
    const before = rows.all();
    rows.add(readAll(new TranscriptReader(path, whole.owner)).records);
    expect(rows.all()).toEqual(before);
  });
});
