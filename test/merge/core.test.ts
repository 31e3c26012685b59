import type { Source } from "@duolog/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type MessageRow,
  mergeMessage,
  mergeSession,
  type SessionRow,
} from "../../apps/daemon/src/core/merge.ts";
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

function replay<Row, U>(
  merge: (
    row: Row | null,
    upsert: U,
    capture: { at: number; inferredSource: Source | null },
  ) => unknown,
  steps: Step<U>[],
): Row {
  let row: Row | null = null;
  for (const { upsert, inferred: inferredSource } of steps) {
    const merged = merge(row, upsert, { at: T0, inferredSource }) as { kind: string; row: Row };
    if (merged.kind === "conflict") throw new Error("no conflict was generated");
    if (merged.kind === "changed") row = merged.row;
  }
  return row as Row;
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
          expect(replay<SessionRow, never>(mergeSession as never, shuffled as never)).toEqual(
            replay<SessionRow, never>(mergeSession as never, steps as never),
          );
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
          expect(replay<MessageRow, never>(mergeMessage as never, shuffled as never)).toEqual(
            replay<MessageRow, never>(mergeMessage as never, steps as never),
          );
        },
      ),
      { numRuns: runs },
    );
  });
});

describe("each field is the maximum of its observations", () => {
  test("sessions", () => {
    fc.assert(
      fc.property(history(sessionUpsert), (steps) => {
        const row = replay<SessionRow, never>(mergeSession as never, steps as never);
        const ranks = { placeholder: 0, prompt: 1, generated: 2, user: 3 };
        const all = steps.map((step) => step.upsert);
        expect(row).toMatchObject({
          title: bestOf(
            steps,
            (u) => u.title,
            (u) => ranks[titleKindOf(u.title ?? "", u.titleKind ?? null)],
          ),
          projectPath: bestOf(steps, (u) => u.projectPath),
          model: bestOf(steps, (u) => u.model),
          provider: bestOf(steps, (u) => u.provider),
          status: bestOf(steps, (u) => u.status),
          promptTokens: largest(all.map((u) => u.promptTokens)),
          completionTokens: largest(all.map((u) => u.completionTokens)),
          cost: largest(all.map((u) => u.cost)),
          endedAt: largest(all.map((u) => u.endedAt)),
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
        const row = replay<MessageRow, never>(mergeMessage as never, steps as never);
        const all = steps.map((step) => step.upsert);
        expect(row).toMatchObject({
          textContent: bestOf(steps, (u) => u.textContent),
          model: bestOf(steps, (u) => u.model),
          error: bestOf(steps, (u) => u.error),
          completionTokens: largest(all.map((u) => u.completionTokens)),
          durationMs: bestOf(steps, (u) => u.durationMs),
          completedAt: bestOf(steps, (u) => u.completedAt),
          removedAt: bestOf(steps, (u) => u.removedAt),
        });
      }),
      { numRuns: runs },
    );
  });
});

test("M5: an exact repeat writes nothing", () => {
  fc.assert(
    fc.property(history(sessionUpsert), (steps) => {
      const row = replay<SessionRow, never>(mergeSession as never, steps as never);
      for (const { upsert, inferred: inferredSource } of steps) {
        expect(mergeSession(row, upsert, { at: T0, inferredSource })).toEqual({
          kind: "unchanged",
        });
      }
    }),
    { numRuns: runs },
  );
});
