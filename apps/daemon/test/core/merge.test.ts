import type { MessageUpsert, SessionUpsert, Source } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import {
  blankSession,
  type Capture,
  hasEnded,
  type Merged,
  type MessageRow,
  mergeMessage,
  mergeSession,
  type SessionRow,
} from "../../src/core/merge.ts";
import { T } from "../rows.ts";

/** One test per rule of lode/data-model/schemas.md, by its number. */

type SessionStep = Omit<SessionUpsert, "id"> & { via?: Source };
type MessageStep = Omit<MessageUpsert, "id" | "sessionId"> & { via?: Source };

/** Later than every time in the tests. */
const ARRIVAL = T + 1_000_000;

function capture(via: Source | undefined): Capture {
  return { at: ARRIVAL, inferredSource: via ?? null };
}

/** What remains of a history: the row, and the field that the last step was refused for. */
interface Outcome<Row> {
  row: Row;
  conflict: string | null;
  changed: boolean[];
}

function replay<Step extends { via?: Source }, Row>(
  steps: Step[],
  mergeOne: (row: Row | null, fields: Omit<Step, "via">, at: Capture) => Merged<Row>,
): Outcome<Row> {
  const outcome: Outcome<Row | null> = { row: null, conflict: null, changed: [] };
  for (const { via, ...fields } of steps) {
    const merged = mergeOne(outcome.row, fields, capture(via));
    if (merged.kind === "changed") outcome.row = merged.row;
    outcome.conflict = merged.kind === "conflict" ? merged.field : null;
    outcome.changed.push(merged.kind === "changed");
  }
  return outcome as Outcome<Row>;
}

const session = (...steps: SessionStep[]) =>
  replay<SessionStep, SessionRow>(steps, (row, fields, at) =>
    mergeSession(row, { id: "s", ...fields }, at),
  );

const message = (...steps: MessageStep[]) =>
  replay<MessageStep, MessageRow>(steps, (row, fields, at) =>
    mergeMessage(row, { id: "m", sessionId: "s", ...fields }, at),
  );

describe("M1: source and role are set once", () => {
  test.each<{ name: string; steps: SessionStep[]; row: object; conflict: string | null }>([
    {
      name: "a declared source stays",
      steps: [{ source: "opencode" }, { model: "m" }],
      row: { source: "opencode", sourceInferred: false },
      conflict: null,
    },
    {
      name: "another declared one is refused and changes nothing",
      steps: [
        { source: "opencode", model: "a" },
        { source: "claude-code", model: "b", cost: 9 },
      ],
      row: { source: "opencode", model: "a", cost: null },
      conflict: "source",
    },
    {
      name: "none declared: the connection's, marked",
      steps: [{ via: "opencode" }],
      row: { source: "opencode", sourceInferred: true },
      conflict: null,
    },
    {
      name: "a declared one replaces an inferred one",
      steps: [{ via: "opencode" }, { source: "claude-code", via: "opencode" }],
      row: { source: "claude-code", sourceInferred: false },
      conflict: null,
    },
    {
      name: "an inferred one does not replace a declared one",
      steps: [{ source: "claude-code" }, { via: "opencode" }],
      row: { source: "claude-code", sourceInferred: false },
      conflict: null,
    },
    {
      name: "nobody can tell",
      steps: [{}],
      row: { source: null, sourceInferred: false },
      conflict: null,
    },
  ])("$name", ({ steps, row, conflict }) => {
    const outcome = session(...steps);
    expect(outcome.row).toMatchObject(row);
    expect(outcome.conflict).toBe(conflict);
  });

  test("another role is refused and changes nothing", () => {
    const outcome = message({ role: "user", model: "a" }, { role: "assistant", model: "b" });
    expect(outcome.conflict).toBe("role");
    expect(outcome.row).toMatchObject({ role: "user", model: "a" });
  });
});

test("M2: created_at is set by the first write that has one and never changes after", () => {
  const { row } = session(
    { title: "t" },
    { createdAt: T + 5 },
    { createdAt: T },
    { createdAt: T + 9, updatedAt: T + 9 },
  );
  expect(row.createdAt).toBe(T + 5);
});

test("M2: a session made for its message has no created_at until it is told", () => {
  const blank = blankSession("s");
  expect(blank.createdAt).toBeNull();
  const merged = mergeSession(blank, { id: "s", createdAt: T }, capture(undefined));
  expect(merged).toMatchObject({ kind: "changed", row: { createdAt: T } });
});

describe("M3: absent, null and empty never replace present", () => {
  const FULL = {
    title: "Fix the login",
    projectPath: "/w/app",
    model: "m",
    provider: "p",
    promptTokens: 10,
    cost: 0.5,
    createdAt: T,
    endedAt: T + 1,
    updatedAt: T + 1,
  } satisfies SessionStep;

  test.each<[string, SessionStep]>([
    ["absent", { updatedAt: T + 2 }],
    ["null", { ...nulls(FULL), updatedAt: T + 2 }],
    ["empty", { title: "", projectPath: "", model: "", provider: "", updatedAt: T + 2 }],
  ])("%s", (_, later) => {
    expect(session(FULL, later).row).toMatchObject({ ...FULL, updatedAt: T + 2 });
  });

  test("nor does a text of a message go", () => {
    expect(message({ textContent: "all" }, { textContent: "" }).row.textContent).toBe("all");
  });
});

function nulls(fields: object): SessionStep {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, null]));
}

describe("M4: of two present values the field's own order decides", () => {
  test.each<{ name: string; steps: SessionStep[]; row: Partial<SessionRow> }>([
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
      name: "title: a placeholder by its text gives way to a first prompt",
      steps: [
        { title: "Untitled Session", updatedAt: T + 9 },
        { title: "Please fix the login", updatedAt: T },
        { title: "New session - 2026-01-30T08:00:00.000Z", updatedAt: T + 99 },
      ],
      row: { title: "Please fix the login", titleKind: "prompt" },
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

test("M5: updated_at is the latest time observed and only moves forward", () => {
  const { row } = session({ updatedAt: T + 5 }, { updatedAt: T }, { createdAt: T + 7 });
  expect(row.updatedAt).toBe(T + 7);
});

test("M5: an exact repeat writes nothing, also after something later", () => {
  const first: SessionStep = { title: "t", cost: 0.30000000000000004, updatedAt: T };
  const { changed } = session(first, first, { model: "m", updatedAt: T + 1 }, first);
  expect(changed).toEqual([true, false, true, false]);
});

test.each([
  { name: "never ended", endedAt: null, updatedAt: T, ended: false },
  { name: "ended last of all", endedAt: T, updatedAt: T, ended: true },
  { name: "ended, then resumed", endedAt: T, updatedAt: T + 1, ended: false },
  { name: "ended, and no other time known", endedAt: T, updatedAt: null, ended: true },
])("M5: ended while nothing later was observed: $name", ({ endedAt, updatedAt, ended }) => {
  expect(hasEnded({ endedAt, updatedAt })).toBe(ended);
});

test("M6: a message without a time gets created_at later, and completed_at is kept as it is", () => {
  const { row } = message(
    { role: "assistant", textContent: "answer", observedAt: T + 3 },
    { completedAt: T + 2, observedAt: T + 3 },
    { createdAt: T + 4, observedAt: T + 4 },
  );
  expect(row).toMatchObject({ createdAt: T + 4, completedAt: T + 2 });
});

test("M7: the row of a session that is unknown says nothing of it", () => {
  const { id, sourceInferred, ...rest } = blankSession("s");
  expect([id, sourceInferred]).toEqual(["s", false]);
  expect(new Set(Object.values(rest))).toEqual(new Set([null]));
});

test("M7: a session fills its blank row as if there had been none", () => {
  const upsert = { id: "s", title: "T", source: "opencode", updatedAt: T } as const;
  const at = capture(undefined);
  expect(mergeSession(blankSession("s"), upsert, at)).toEqual(mergeSession(null, upsert, at));
});

describe("what broke others", () => {
  test("M3: {id, model} alone resets nothing and leaves updated_at", () => {
    const full = {
      title: "Fix auth bug",
      projectPath: "/w/app",
      promptTokens: 100,
      updatedAt: T + 5,
    };
    const { row } = session(full, { model: "m-2" });
    expect(row).toMatchObject({ ...full, model: "m-2" });
  });

  test("M3: a late message upsert nulls neither model, tokens nor duration", () => {
    const full = { model: "m", promptTokens: 10, completionTokens: 50, durationMs: 900 };
    const late = { role: "assistant", model: null, promptTokens: 0, durationMs: null };
    expect(message({ ...full, updatedAt: T }, { ...late, updatedAt: T + 9 }).row).toMatchObject(
      full,
    );
  });

  test("M4: a stream that pauses does not freeze a partial text", () => {
    const { row } = message(
      { textContent: "The answer", completedAt: T + 1, observedAt: T + 1 },
      { textContent: "The answer is 42.", observedAt: T + 60_000 },
      { textContent: "The ans", observedAt: T },
    );
    expect(row.textContent).toBe("The answer is 42.");
  });

  test("M4: a text that shrank later is the later one", () => {
    const { row } = message(
      { textContent: "draft, and much more", observedAt: T },
      { textContent: "final", observedAt: T + 1 },
    );
    expect(row.textContent).toBe("final");
  });

  test("M5: the same event nine times is one change", () => {
    const event: MessageStep = { role: "user", textContent: "hi", updatedAt: T, observedSeq: 4 };
    const { changed } = message(...Array.from({ length: 9 }, () => event));
    expect(changed.filter(Boolean)).toHaveLength(1);
  });

  test("M4: a title renamed without a newer time is taken by its sequence", () => {
    const { row } = session(
      { title: "before", titleKind: "user", updatedAt: T, observedSeq: 1 },
      { title: "b", titleKind: "user", updatedAt: T, observedSeq: 2 },
    );
    expect(row.title).toBe("b");
  });

  test("M5: SessionEnd followed by a resume is no end", () => {
    const { row } = session(
      { createdAt: T, updatedAt: T },
      { endedAt: T + 5, updatedAt: T + 5, status: "ended" },
      { updatedAt: T + 9, status: "active" },
    );
    expect(row).toMatchObject({ endedAt: T + 5, status: "active" });
    expect(hasEnded(row)).toBe(false);
  });
});

test("arguments are left as they were", () => {
  const { row } = session({ title: "t", updatedAt: T });
  const frozen = Object.freeze({ ...row });
  const upsert = Object.freeze({ id: "s", title: "u", updatedAt: T + 1 });
  expect(mergeSession(frozen, upsert, Object.freeze(capture("opencode")))).toMatchObject({
    kind: "changed",
    row: { title: "u" },
  });
});

describe("M4: a row from before observations were kept", () => {
  const old = {
    ...(session({ title: "Good title", model: "m5", updatedAt: T + 5_000 }).row as SessionRow),
    observedAt: null,
    observedSeq: null,
    stamps: null,
  };
  const late = (at: number) =>
    mergeSession(old, { id: "s", title: "Other", model: "m1", updatedAt: at }, capture(undefined));

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
    const merged = mergeSession(absurd, { id: "s", model: "m1", updatedAt: T }, capture(undefined));
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
    const merged = mergeSession(rowOf(stamps), later, capture(undefined));
    expect(merged).toMatchObject({
      kind: "changed",
      row: { title: "later", model: "b", stamps: `{"model":[${T},0]}` },
    });
    const earlier = { id: "s", title: "earlier", observedAt: T - 1 };
    const kept = mergeSession(rowOf(stamps), earlier, capture(undefined));
    expect(kept).toMatchObject({ row: { title: "a", model: "b", stamps: null } });
  });
});
