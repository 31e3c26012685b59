import {
  type Entity,
  entities,
  type IngestRecord,
  type Kind,
  type TitleKind,
  type UpsertOf,
} from "@duolog/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillIn } from "../../apps/daemon/src/core/longTexts.ts";
import { type Merged, type MergedRow, merge } from "../../apps/daemon/src/core/merge.ts";
import { titleKindOf } from "../../apps/daemon/src/core/title.ts";
import { hashOf, KEPT_BYTES, outline } from "../../apps/daemon/src/services/longText.ts";
import {
  disorder,
  eventUpsert,
  history,
  LONG_TEXTS,
  messageUpsert,
  runs,
  type Step,
  sessionUpsert,
  T0,
  toolCallUpsert,
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

type Value = string | number | boolean | null | undefined;
type Told = Record<string, Value> & { observedAt: number; observedSeq?: number };

const isTold = (value: Value) => value !== undefined && value !== null && value !== "";
/** UTF-8 bytes of a long text, UTF-16 units of any other: the longer of two wins a tie. */
const sizeOf = (value: Value, long: boolean) => {
  if (typeof value !== "string") return Number(value);
  return long ? Buffer.byteLength(value) : value.length;
};

interface Order {
  rank?: (told: Told) => number;
  earlier?: (told: Told) => boolean;
  long?: boolean;
}

/** M4 written down a second time, over the whole history at once. */
function bestOf(all: Told[], field: string, order: Order = {}): Value {
  const { rank = () => 0, earlier = () => false, long = false } = order;
  let best: { key: number[]; value: Value } | null = null;
  for (const told of all) {
    const value = told[field];
    if (!isTold(value)) continue;
    const sign = earlier(told) ? -1 : 1;
    const observed = [sign * told.observedAt, sign * (told.observedSeq ?? 0)];
    const key = [rank(told), ...observed, sizeOf(value, long)];
    const tie = best && !later(key, best.key) && !later(best.key, key);
    const text = (it: Value) => (long && String(it).length > 512 ? hashOf(String(it)) : String(it));
    if (!best || later(key, best.key) || (tie && text(value) > text(best.value))) {
      best = { key, value };
    }
  }
  return best?.value ?? null;
}

const largest = (values: Value[]) => {
  const present = values.filter((value) => typeof value === "number");
  return present.length ? Math.max(...present) : null;
};
const latest = (all: Told[], ...fields: string[]) =>
  Object.fromEntries(fields.map((field) => [field, bestOf(all, field)]));
const larger = (all: Told[], ...fields: string[]) =>
  Object.fromEntries(fields.map((field) => [field, largest(all.map((told) => told[field]))]));
const latestTime = (all: Told[], ...fields: string[]) =>
  largest(all.flatMap((told) => fields.map((field) => told[field])));
const created = (all: Told[]) => (all.some((told) => told.createdAt) ? T0 : null);

/** M8: what was seen in the main conversation too is of no sub-agent. */
function speaker(all: Told[]) {
  const isMain = all.some(({ isSidechain }) => isSidechain === false);
  const isSidechain = isMain ? false : all.some((told) => told.isSidechain === true) || null;
  return { isSidechain, agentId: isMain ? null : bestOf(all, "agentId") };
}

/** M8: who spoke, where the main conversation told it by that alone. */
function voice(all: Told[]) {
  const main = all.filter(({ isSidechain }) => isSidechain === false);
  return bestOf(main.length > 0 ? main : all, "agent");
}

const COUNTS = [
  ...["promptTokens", "completionTokens", "reasoningTokens", "cacheReadTokens"],
  ...["cacheWriteTokens", "cacheWrite1hTokens", "cost"],
];

const RANKS = ["placeholder", "prompt", null, "generated", "user"];
const kindOfTitle = ({ title, titleKind }: Told) =>
  titleKindOf(String(title ?? ""), (titleKind ?? null) as TitleKind | null);

const session = (all: Told[]) => ({
  ...latest(all, "projectId", "gitBranch", "model", "provider", "agentVersion"),
  ...latest(all, "parentId", "forkedFromId", "status", "error"),
  ...larger(all, ...COUNTS, "linesAdded", "linesRemoved", "endedAt"),
  projectPath: bestOf(all, "projectPath", { earlier: () => true }),
  projectName: bestOf(all, "projectName", { earlier: () => true }),
  title: bestOf(all, "title", {
    rank: (told) => RANKS.indexOf(kindOfTitle(told)),
    earlier: (told) => kindOfTitle(told) === "prompt",
  }),
  createdAt: created(all),
  updatedAt: latestTime(all, "createdAt", "updatedAt", "endedAt"),
});

const message = (all: Told[]) => ({
  ...latest(all, "textContent", "attachments", "model", "provider", "parentId"),
  ...latest(all, "requestId", "copiedFromId", "finishReason", "error", "durationMs"),
  ...latest(all, "completedAt", "removedAt"),
  ...larger(all, ...COUNTS),
  ...speaker(all),
  agent: voice(all),
  reasoningText: bestOf(all, "reasoningText", { long: true }),
  role: all.some((told) => told.role) ? "user" : null,
  createdAt: created(all),
  updatedAt: latestTime(all, "createdAt", "updatedAt", "completedAt", "removedAt"),
});

const toolCall = (all: Told[]) => ({
  ...latest(all, "messageId", "name", "kind", "error", "filePath", "childSessionId"),
  ...latest(all, "childAgentId", "data", "completedAt", "durationMs"),
  ...larger(all, "position"),
  ...speaker(all),
  status: bestOf(all, "status", { rank: ({ status }) => Number(status !== "running") }),
  input: bestOf(all, "input", { long: true }),
  output: bestOf(all, "output", { long: true }),
  createdAt: created(all),
  updatedAt: latestTime(all, "createdAt", "updatedAt", "completedAt"),
});

const event = (all: Told[]) => ({
  ...latest(all, "kind", "messageId", "toolCallId", "text", "data"),
  createdAt: created(all),
  updatedAt: latestTime(all, "createdAt", "updatedAt"),
});

/** As the service hands them to the merge: for a text that lies outside its row, hash and size. */
function outlined(steps: Step<object>[], kind: Kind): Step<object>[] {
  return steps.map(({ upsert, inferred }) => {
    const record = { kind, data: upsert } as IngestRecord;
    return { upsert: outline(record, KEPT_BYTES).record.data, inferred };
  });
}

/** The row with the texts that lie outside of it. */
function withTexts(kind: Kind, row: object): object {
  const whole = { ...row };
  fillIn(kind, [whole], new Map(LONG_TEXTS.map((text) => [hashOf(text), text])));
  return whole;
}

describe.each([
  { kind: "session", upsert: sessionUpsert, expected: session },
  { kind: "message", upsert: messageUpsert, expected: message },
  { kind: "toolCall", upsert: toolCallUpsert, expected: toolCall },
  { kind: "event", upsert: eventUpsert, expected: event },
] as const)("$kind (M1 to M5, M8)", ({ kind, upsert, expected }) => {
  const entity = entities[kind] as unknown as Entity<Kind>;
  const steps = history(upsert as fc.Arbitrary<object>).map((all) => ({
    told: all.map((step) => step.upsert as Told),
    steps: outlined(all, kind),
  }));

  test("any order and any repetition of the same observations gives the same row", () => {
    const twice = steps.chain((one) => fc.tuple(fc.constant(one.steps), disorder(one.steps)));
    fc.assert(
      fc.property(twice, ([inOrder, shuffled]) => {
        expect(replay(entity, shuffled)).toEqual(replay(entity, inOrder));
      }),
      { numRuns: runs },
    );
  });

  test("each field is the maximum of its observations", () => {
    fc.assert(
      fc.property(steps, (one) => {
        expect(withTexts(kind, replay(entity, one.steps))).toMatchObject(expected(one.told));
      }),
      { numRuns: runs },
    );
  });

  test("M5: an exact repeat writes nothing", () => {
    fc.assert(
      fc.property(steps, (one) => {
        const row = replay(entity, one.steps);
        for (const { upsert: again, inferred: inferredSource } of one.steps) {
          const merged = merge(entity, row, again as UpsertOf<Kind>, { at: T0, inferredSource });
          expect(merged).toEqual({ kind: "unchanged" });
        }
      }),
      { numRuns: runs },
    );
  });
});
