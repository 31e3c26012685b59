import { entities } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { type MergedRow, merge } from "../../src/core/merge.ts";
import { T } from "../rows.ts";
import { ARRIVAL, capture, type SessionStep, session } from "./history.ts";

describe("M4: of two present values the field's own order decides", () => {
  test.each<{ name: string; steps: SessionStep[]; row: Partial<MergedRow<"session">> }>([
    {
      name: "tokens and cost: the larger, whenever observed",
      steps: [
        { promptTokens: 10, cost: 0.5, updatedAt: T + 9 },
        { promptTokens: 20, cost: 0.25, updatedAt: T },
        { promptTokens: 0, cost: 0, updatedAt: T + 99 },
      ],
      row: { promptTokens: 20, cost: 0.5 },
    },
    {
      name: "title: the better rank, though observed earlier",
      steps: [
        { title: "generated", titleKind: "generated", updatedAt: T + 5 },
        { title: "mine", titleKind: "user", updatedAt: T },
        { title: "prompt", titleKind: "prompt", updatedAt: T + 9 },
      ],
      row: { title: "mine", titleKind: "user" },
    },
    {
      name: "title: a placeholder by its text gives way to any other",
      steps: [
        { title: "Untitled Session", updatedAt: T + 9 },
        { title: "Please fix the login", updatedAt: T },
        { title: "New session - 2026-01-30T08:00:00.000Z", updatedAt: T + 99 },
      ],
      row: { title: "Please fix the login", titleKind: null },
    },
    {
      name: "title: of one rank the one observed later",
      steps: [
        { title: "new", titleKind: "user", updatedAt: T + 5 },
        { title: "old", titleKind: "user", updatedAt: T },
      ],
      row: { title: "new" },
    },
    {
      name: "everything else: the one observed later",
      steps: [
        { model: "late", updatedAt: T + 5 },
        { model: "early", updatedAt: T },
      ],
      row: { model: "late" },
    },
    {
      name: "of one time the sequence decides",
      steps: [
        { model: "second", observedAt: T, observedSeq: 2 },
        { model: "first", observedAt: T, observedSeq: 1 },
      ],
      row: { model: "second" },
    },
    {
      name: "a last tie goes to the longer",
      steps: [
        { model: "longer", observedAt: T },
        { model: "short", observedAt: T },
      ],
      row: { model: "longer" },
    },
    {
      name: "then to the lexically greater",
      steps: [
        { model: "b", observedAt: T },
        { model: "a", observedAt: T },
      ],
      row: { model: "b" },
    },
    {
      name: "observed_at comes before updated_at, and that before the arrival",
      steps: [
        { model: "arrived", title: "x" },
        { model: "stamped", observedAt: ARRIVAL + 1, updatedAt: T },
        { model: "told", updatedAt: T + 1 },
      ],
      row: { model: "stamped" },
    },
    {
      name: "each field has its own time: title at t1, model at t3, then a late title of t2",
      steps: [
        { title: "t1", updatedAt: T + 1 },
        { model: "m", updatedAt: T + 3 },
        { title: "t2", updatedAt: T + 2 },
      ],
      row: { title: "t2", model: "m", updatedAt: T + 3 },
    },
    {
      name: "a late replay can't bring back an old title",
      steps: [
        { title: "old", titleKind: "generated", updatedAt: T + 1 },
        { title: "new", titleKind: "generated", updatedAt: T + 2 },
        { title: "old", titleKind: "generated", updatedAt: T + 1 },
      ],
      row: { title: "new" },
    },
  ])("$name", ({ steps, row }) => {
    expect(session(...steps).row).toMatchObject(row);
  });
});

describe("M4: a row from before observations were kept", () => {
  const old = {
    ...(session({ title: "Good title", model: "m5", updatedAt: T + 5_000 })
      .row as MergedRow<"session">),
    observedAt: null,
    observedSeq: null,
    stamps: null,
  };
  const late = (at: number) =>
    merge(
      entities.session,
      old,
      { id: "s", title: "Other", model: "m1", updatedAt: at },
      capture(undefined),
    );

  test("was observed when it was last changed: what is older does not replace it", () => {
    const merged = late(T + 1_000);
    const row = merged.kind === "changed" ? merged.row : old;
    expect(row).toMatchObject({ title: "Good title", model: "m5", updatedAt: T + 5_000 });
  });

  test("gives way to what is newer", () => {
    expect(late(T + 6_000)).toMatchObject({ row: { title: "Other", model: "m1" } });
  });

  test("with a time that can't be is older than everything", () => {
    const absurd = { ...old, updatedAt: T * 1_000, createdAt: null };
    const merged = merge(
      entities.session,
      absurd,
      { id: "s", model: "m1", updatedAt: T },
      capture(undefined),
    );
    expect(merged).toMatchObject({ row: { model: "m1" } });
  });
});

describe("M4: damaged stamps count as none, so that every field was observed with its row", () => {
  const rowOf = (stamps: string) => {
    const { row } = session({ title: "a", model: "b", observedAt: T });
    return { ...row, stamps };
  };
  test.each([
    '{"title":[17',
    "null",
    "5",
    '"title"',
    "[]",
    '{"title":5}',
    '{"title":["a",{}]}',
    '{"title":[1]}',
  ])("%s", (stamps) => {
    const later = { id: "s", title: "later", observedAt: T + 1 };
    const merged = merge(entities.session, rowOf(stamps), later, capture(undefined));
    expect(merged).toMatchObject({
      kind: "changed",
      row: { title: "later", model: "b", stamps: `{"model":[${T},0]}` },
    });
    const earlier = { id: "s", title: "earlier", observedAt: T - 1 };
    const kept = merge(entities.session, rowOf(stamps), earlier, capture(undefined));
    expect(kept).toMatchObject({ row: { title: "a", model: "b", stamps: null } });
  });
});
