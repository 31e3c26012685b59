import {
  type MessageUpsert,
  type SessionEventUpsert,
  type SessionUpsert,
  Source,
  TitleKind,
  type ToolCallUpsert,
} from "@duolog/contract";
import fc from "fast-check";

/** How many random histories each property sees; `npm run test:long -- --runs N` raises it. */
export const runs = Number(process.env.DUOLOG_RUNS ?? 500);
export const T0 = 1_769_760_000_000;

/** Few distinct values, so that collisions and ties are common. */
const time = fc.integer({ min: 0, max: 6 }).map((n) => T0 + n * 1000);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const line = maybe(fc.constantFrom("", "a", "b", "bb", "ünï", null));
const flag = maybe(fc.constantFrom(true, false, null));
const json = maybe(fc.constantFrom("", '{"a":1}', '{"b":2}', "[]", null));
const count = maybe(fc.constantFrom(0, 1, 7, 100, null));
const title = maybe(
  fc.constantFrom(
    "",
    null,
    "Untitled Session",
    "New session - 2026-11-22T11:08:16.621Z",
    "Fix login",
    "Fix the login",
  ),
);
const cost = maybe(fc.constantFrom(0, 0.5, 2, null));
const source = maybe(fc.constantFrom(Source.claude_code, null));
const stamp = { observedAt: time, observedSeq: maybe(fc.integer({ min: 0, max: 3 })) };
const tokens = {
  promptTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cacheWrite1hTokens: count,
};
/** Some stay in their row, others lie outside; two are of one size. */
export const LONG_TEXTS = ["short", "x".repeat(600), "y".repeat(600), "€".repeat(1_000)];
const long = maybe(fc.constantFrom("", null, ...LONG_TEXTS));

/** Every field of an upsert: a column that is added must be given its values here. */
type Every<T> = Record<keyof T, fc.Arbitrary<unknown>>;

/** Upserts of one session that never disagree on what M1 and M2 leave to the first. */
export const sessionUpsert = fc.record({
  id: fc.constant("s"),
  source,
  title,
  titleKind: maybe(fc.constantFrom(...Object.values(TitleKind))),
  projectPath: line,
  projectName: line,
  projectId: line,
  gitBranch: line,
  model: line,
  provider: line,
  agentVersion: line,
  parentId: line,
  forkedFromId: line,
  status: maybe(fc.constantFrom("active" as const, "ended" as const, null)),
  error: line,
  ...tokens,
  cost,
  linesAdded: count,
  linesRemoved: count,
  createdAt: maybe(fc.constant(T0)),
  updatedAt: maybe(time),
  endedAt: maybe(time),
  ...stamp,
} satisfies Every<SessionUpsert>);

/** Of one message; as above. */
export const messageUpsert = fc.record({
  id: fc.constant("m"),
  sessionId: fc.constant("s"),
  source,
  role: maybe(fc.constantFrom("user", null)),
  textContent: maybe(fc.constantFrom("", "Hel", "Hello", "Hello world", null)),
  reasoningText: long,
  reasoningBytes: fc.constant(undefined),
  attachments: json,
  model: line,
  provider: line,
  agent: line,
  agentId: line,
  isSidechain: flag,
  parentId: line,
  requestId: line,
  copiedFromId: line,
  finishReason: line,
  error: line,
  ...tokens,
  cost,
  durationMs: count,
  createdAt: maybe(fc.constant(T0)),
  completedAt: maybe(time),
  updatedAt: maybe(time),
  removedAt: maybe(time),
  ...stamp,
} satisfies Every<MessageUpsert>);

/** Of one tool call; as above. */
export const toolCallUpsert = fc.record({
  id: fc.constant("c"),
  sessionId: fc.constant("s"),
  source,
  messageId: line,
  agentId: line,
  isSidechain: flag,
  position: count,
  name: line,
  kind: line,
  status: maybe(fc.constantFrom("", "running", "success", "error", "novel", null)),
  input: long,
  inputBytes: fc.constant(undefined),
  output: long,
  outputBytes: fc.constant(undefined),
  error: line,
  filePath: line,
  childSessionId: line,
  childAgentId: line,
  data: json,
  createdAt: maybe(fc.constant(T0)),
  completedAt: maybe(time),
  durationMs: count,
  updatedAt: maybe(time),
  ...stamp,
} satisfies Every<ToolCallUpsert>);

/** Of one event; as above. */
export const eventUpsert = fc.record({
  id: fc.constant("e"),
  sessionId: fc.constant("s"),
  source,
  kind: line,
  messageId: line,
  toolCallId: line,
  text: line,
  data: json,
  createdAt: maybe(fc.constant(T0)),
  updatedAt: maybe(time),
  ...stamp,
} satisfies Every<SessionEventUpsert>);

/**
 * Upserts of a whole session, of whose rows some follow from others (M8): calls that nobody ended,
 * messages and ends behind them, reverts to a message. What is created when is told by the ids alone.
 */
export const wholeSession = fc.oneof(
  sessionUpsert.map((data) => ({ kind: "session" as const, data })),
  fc.tuple(messageUpsert, fc.nat(3)).map(([data, n]) => ({
    kind: "message" as const,
    data: { ...data, id: `m${n}`, createdAt: data.createdAt && T0 + n * 1_000 },
  })),
  fc.tuple(toolCallUpsert, fc.nat(3)).map(([data, n]) => ({
    kind: "toolCall" as const,
    data: { ...data, id: `c${n}`, createdAt: data.createdAt && T0 + n * 1_000 + 500 },
  })),
  fc
    .tuple(eventUpsert, fc.nat(1), maybe(fc.constantFrom("revert", "other")), fc.nat(3))
    .map(([data, n, kind, boundary]) => ({
      kind: "event" as const,
      data: {
        ...data,
        id: `e${n}`,
        kind,
        data: JSON.stringify({ boundary: `m${boundary}` }),
        createdAt: data.createdAt && T0 + n * 1_000 + 2_700,
      },
    })),
);

const inferred = fc.constantFrom(Source.opencode, Source.claude_code, null);
export const history = <T>(upsert: fc.Arbitrary<T>) =>
  fc.array(fc.record({ upsert, inferred }), { minLength: 1, maxLength: 12 });

/** The history in another order, with some of it repeated. */
export const disorder = <T>(items: T[]) =>
  fc
    .tuple(
      fc.shuffledSubarray(items, { minLength: items.length }),
      fc.array(fc.constantFrom(...items), { maxLength: 6 }),
    )
    .chain(([all, repeats]) =>
      fc.shuffledSubarray([...all, ...repeats], { minLength: all.length + repeats.length }),
    );

/** One upsert and the source that its connection stands for. */
export type Step<U> = { upsert: U; inferred: Source | null };
