import { entities } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { blankRow, hasEnded, merge } from "../../src/core/merge.ts";
import { T } from "../rows.ts";
import { capture, type MessageStep, message, type SessionStep, session } from "./history.ts";

/** One test per rule of lode/data-model/schemas.md, by its number. */

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
  const blank = blankRow(entities.session, { id: "s" });
  expect(blank.createdAt).toBeNull();
  const merged = merge(entities.session, blank, { id: "s", createdAt: T }, capture(undefined));
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
  const { id, sourceInferred, ...rest } = blankRow(entities.session, { id: "s" });
  expect([id, sourceInferred]).toEqual(["s", false]);
  expect(new Set(Object.values(rest))).toEqual(new Set([null]));
});

test("M7: a session fills its blank row as if there had been none", () => {
  const upsert = { id: "s", title: "T", source: "opencode", updatedAt: T } as const;
  const at = capture(undefined);
  expect(merge(entities.session, blankRow(entities.session, { id: "s" }), upsert, at)).toEqual(
    merge(entities.session, null, upsert, at),
  );
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
  expect(merge(entities.session, frozen, upsert, Object.freeze(capture("opencode")))).toMatchObject(
    {
      kind: "changed",
      row: { title: "u" },
    },
  );
});
