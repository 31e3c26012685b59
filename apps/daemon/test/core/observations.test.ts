import { entities, type IngestRecord, type SessionUpsert } from "@duolog/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blankRow, type Merged, type MergedRow, merge } from "../../src/core/merge.ts";
import { observationsOf } from "../../src/core/observations.ts";

const T = 1_769_760_000_000;
const nobody = { at: T, inferredSource: null };

function merged(upserts: SessionUpsert[]): MergedRow<"session"> {
  let row: MergedRow<"session"> | null = null;
  for (const upsert of upserts) {
    const result: Merged<MergedRow<"session">> = merge(entities.session, row, upsert, nobody);
    if (result.kind === "changed") row = result.row;
  }
  if (!row) throw new Error("no upsert made a row");
  return row;
}

const dataOf = (records: IngestRecord[]) => records.map(({ data }) => data as SessionUpsert);
const time = fc.integer({ min: 0, max: 5 }).map((n) => T + n);
const maybe = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: undefined });
const upsert = fc.record({
  id: fc.constant("s"),
  title: maybe(fc.constantFrom("Untitled Session", "a", "b")),
  model: maybe(fc.constantFrom("m", "n")),
  projectPath: maybe(fc.constantFrom("/a", "/b")),
  promptTokens: maybe(fc.nat(9)),
  createdAt: maybe(time),
  updatedAt: maybe(time),
  endedAt: maybe(time),
  observedAt: time,
  observedSeq: fc.nat(2),
});

test("the observations of a row, merged, are the row", () => {
  fc.assert(
    fc.property(fc.array(upsert, { minLength: 1, maxLength: 6 }), (upserts) => {
      const row = merged(upserts);
      expect(merged(dataOf(observationsOf(entities.session, row)))).toEqual(row);
    }),
  );
});

describe("a row from before stamps were kept", () => {
  test("was observed when it was last changed", () => {
    const row = {
      ...blankRow(entities.session, { id: "s" }),
      title: "Old",
      createdAt: T,
      updatedAt: T + 5,
    };
    expect(observationsOf(entities.session, row)).toEqual([
      {
        kind: "session",
        data: {
          id: "s",
          title: "Old",
          createdAt: T,
          updatedAt: T + 5,
          observedAt: T + 5,
          observedSeq: 0,
        },
      },
    ]);
  });

  test("times and counts that can't be are left out, texts made storable", () => {
    const row = {
      id: "m",
      sessionId: "s\0",
      textContent: "a\0b",
      createdAt: 17,
      completedAt: T * 1000,
      promptTokens: 2 ** 53,
      completionTokens: -1,
      cost: 0.5,
    };
    const [record] = observationsOf(entities.message, row as never);
    expect(record?.data).toEqual({
      id: "m",
      sessionId: "s\uFFFD",
      textContent: "a\uFFFDb",
      cost: 0.5,
      observedAt: 946_684_800_000,
      observedSeq: 0,
    });
  });

  test("an inferred source is not declared", () => {
    const row = {
      ...blankRow(entities.session, { id: "s" }),
      source: "opencode" as const,
      sourceInferred: true,
    };
    expect(observationsOf(entities.session, row)[0]?.data).not.toHaveProperty("source");
  });
});

test.each(["{garbage", "null", "7", "[]", '{"title":7}', '{"title":[1]}', '{"title":["x",0]}'])(
  "stamps that are damaged (%s) count as none",
  (stamps) => {
    const row = { ...merged([{ id: "s", title: "a", observedAt: T }]), stamps };
    const sound = { ...row, stamps: null };
    expect(observationsOf(entities.session, row)).toEqual(observationsOf(entities.session, sound));
  },
);
