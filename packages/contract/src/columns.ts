import type {
  ColumnTypes,
  Kind,
  MessageUpsert,
  SessionEventUpsert,
  SessionUpsert,
  ToolCallUpsert,
  UpsertOf,
} from "./entities/index.ts";
import type { SessionStatus, Source, TitleKind } from "./generated/model.ts";

declare const columnType: unique symbol;

/**
 * A value meant for a column of this type in schema.prisma. At run time it is the bare value, or
 * null; to the compiler one of another column type differs, also where the wire has one type for
 * both (a count and a time are numbers) and where the value is always null.
 */
interface Typed<Type> {
  readonly [columnType]: Type;
}

/**
 * Every column of an entity by its name and type. What a plugin's `translate` must give, so that a
 * column that is added to schema.prisma, renamed or retyped is a compile error there.
 */
export type Complete<Types> = { [K in keyof Types]: Typed<Types[K]> };

type Maybe<T> = T | null | undefined;
type Mark<Value, Type> = (value: Value) => Typed<Type>;

interface Column {
  id: Mark<string, "String">;
  text: Mark<Maybe<string>, "String?">;
  count: Mark<Maybe<number>, "BigInt?">;
  time: Mark<Maybe<number>, "DateTime?">;
  usd: Mark<Maybe<number>, "Float?">;
  flag: Mark<Maybe<boolean>, "Boolean?">;
  source: Mark<Source, "Source?">;
  titleKind: Mark<Maybe<TitleKind>, "TitleKind?">;
  status: Mark<Maybe<SessionStatus>, "SessionStatus?">;
}

const mark: Mark<unknown, never> = (value) => value as Typed<never>;

/** Marks values by the type of their column. Times are epoch ms, durations ms, `usd` USD. */
export const column: Column = {
  id: mark,
  text: mark,
  count: mark,
  time: mark,
  usd: mark,
  flag: mark,
  source: mark,
  titleKind: mark,
  status: mark,
};

/**
 * What a plugin's `translate` makes the rows of each entity with; null of one that its agent has
 * nothing of. An entity that a plugin does not name is a compile error there.
 */
export type RowMakers = {
  readonly [K in Kind]: ((...known: never) => Required<UpsertOf<K>>) | null;
};

/** A session of which every column is told. */
export function completeSession(
  columns: Complete<ColumnTypes<"session">>,
): Required<SessionUpsert> {
  return columns as unknown as Required<SessionUpsert>;
}

/** A message of which every column is told. */
export function completeMessage(
  columns: Complete<ColumnTypes<"message">>,
): Required<MessageUpsert> {
  return columns as unknown as Required<MessageUpsert>;
}

/** A tool call of which every column is told. */
export function completeToolCall(
  columns: Complete<ColumnTypes<"toolCall">>,
): Required<ToolCallUpsert> {
  return columns as unknown as Required<ToolCallUpsert>;
}

/** An event of a session of which every column is told. */
export function completeEvent(
  columns: Complete<ColumnTypes<"event">>,
): Required<SessionEventUpsert> {
  return columns as unknown as Required<SessionEventUpsert>;
}
