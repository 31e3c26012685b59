import { type Entity, entities, type Kind, type UpsertOf } from "@duolog/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Merged, type MergedRow, merge } from "../../apps/daemon/src/core/merge.ts";
import { titleKindOf } from "../../apps/daemon/src/core/title.ts";
import {
  disorder,
  history,
  messageUpsert,
  runs,
  type Step,
  sessionUpsert,
  T0,
} from "./histories.ts";

function replay<K extends Kind>(entity: Entity<K>, steps: Step<object>[]): MergedRow<K> {
  let row: MergedRow<K> | null = null;
  for (const { upsert, inferred: inferredSource } of steps) {
    const merged: Merged<MergedRow<K>> = merge(entity, row, upsert as UpsertOf<K>, {
      at: T0,
      inferredSource,
    });
    if (merged.kind === "conflict") throw new Error("no conflict was generated");
    if (merged.kind === "changed") row = merged.row;
  }
  return row as MergedRow<K>;
}

const later = (a: number[], b: number[]) => {
  const i = a.findIndex((part, at) => part !== b[at]);
  return i >= 0 && (a[i] as number) > (b[i] as number);
};

/** M4 written down a second time, over the whole history at once. */
function bestOf<U extends { observedAt: number; observedSeq?: number | undefined }>(
  steps: Step<U>[],
  value: (upsert: U) => string | number | null | undefined,
  rank: (upsert: U) => number = () => 0,
): string | number | null {
  let best: { key: number[]; value: string | number } | null = null;
  for (const { upsert } of steps) {
    const theirs = value(upsert);
    if (theirs === undefined || theirs === null || theirs === "") continue;
    const length = typeof theirs === "string" ? theirs.length : theirs;
    const key = [rank(upsert), upsert.observedAt, upsert.observedSeq ?? 0, length];
    const tie = best && !later(key, best.key) && !later(best.key, key) && theirs > best.value;
    if (!best || later(key, best.key) || tie) best = { key, value: theirs };
  }
  return best?.value ?? null;
}

const largest = (values: (number | null | undefined)[]) => {
  const present = values.filter((value) => typeof value === "number");
  return present.length ? Math.max(...present) : null;
};

describe("any order and any repetition of the same observations gives the same row", () => {
  test("sessions (M1 to M5)", () => {
    fc.assert(
      fc.property(
        history(sessionUpsert).chain((h) => fc.tuple(fc.constant(h), disorder(h))),
        ([steps, shuffled]) => {
          expect(replay(entities.session, shuffled)).toEqual(replay(entities.session, steps));
        },
      ),
      { numRuns: runs },
    );
  });

  test("messages (M1 to M5)", () => {
    fc.assert(
      fc.property(
        history(messageUpsert).chain((h) => fc.tuple(fc.constant(h), disorder(h))),
        ([steps, shuffled]) => {
          expect(replay(entities.message, shuffled)).toEqual(replay(entities.message, steps));
        },
      ),
      { numRuns: runs },
    );
  });
});

const SESSION_LATEST = [
  ...["projectPath", "projectName", "gitBranch", "model", "provider", "agentVersion"],
  ...["parentId", "status", "error"],
];
const MESSAGE_LATEST = [
  ...["textContent", "model", "provider", "agent", "agentId", "parentId", "finishReason", "error"],
  ...["durationMs", "completedAt", "removedAt"],
];
const COUNTS = [
  ...["promptTokens", "completionTokens", "reasoningTokens", "cacheReadTokens"],
  ...["cacheWriteTokens", "cost"],
];

type Told = Record<string, string | number | null | undefined>;

/** What M4 makes of the fields named. */
function expected(steps: Step<{ observedAt: number }>[], latest: string[], larger: string[]) {
  const told = (upsert: object, field: string) => (upsert as Told)[field];
  const best = latest.map((field) => [field, bestOf(steps, (u) => told(u, field))]);
  const most = larger.map((field) => [
    field,
    largest(steps.map(({ upsert }) => told(upsert, field) as number | null)),
  ]);
  return Object.fromEntries([...best, ...most]);
}

describe("each field is the maximum of its observations", () => {
  test("sessions", () => {
    fc.assert(
      fc.property(history(sessionUpsert), (steps) => {
        const row = replay(entities.session, steps);
        const ranks = { placeholder: 0, prompt: 1, generated: 2, user: 3 };
        const all = steps.map((step) => step.upsert);
        expect(row).toMatchObject({
          ...expected(steps, SESSION_LATEST, [...COUNTS, "endedAt"]),
          title: bestOf(
            steps,
            (u) => u.title,
            (u) => ranks[titleKindOf(u.title ?? "", u.titleKind ?? null)],
          ),
          createdAt: all.some((u) => u.createdAt) ? T0 : null,
          updatedAt: largest(all.flatMap((u) => [u.createdAt, u.updatedAt, u.endedAt])),
        });
      }),
      { numRuns: runs },
    );
  });

  test("messages", () => {
    fc.assert(
      fc.property(history(messageUpsert), (steps) => {
        const row = replay(entities.message, steps);
        const all = steps.map((step) => step.upsert);
        const times = (u: (typeof all)[number]) => [u.createdAt, u.completedAt, u.removedAt];
        expect(row).toMatchObject({
          ...expected(steps, MESSAGE_LATEST, COUNTS),
          role: all.some((u) => u.role) ? "user" : null,
          createdAt: all.some((u) => u.createdAt) ? T0 : null,
          updatedAt: largest(all.flatMap((u) => [u.updatedAt, ...times(u)])),
        });
      }),
      { numRuns: runs },
    );
  });
});

test("M5: an exact repeat writes nothing", () => {
  fc.assert(
    fc.property(history(sessionUpsert), (steps) => {
      const row = replay(entities.session, steps);
      for (const { upsert, inferred: inferredSource } of steps) {
        expect(merge(entities.session, row, upsert, { at: T0, inferredSource })).toEqual({
          kind: "unchanged",
        });
      }
    }),
    { numRuns: runs },
  );
});
