import type { Left, Unreadable } from "@duolog/contract";
import type { Row } from "./row.ts";

/** One place in which OpenCode keeps sessions: a database, or a directory of JSON files. */
export interface Store {
  readonly path: string;
  /** Differs where anything in it was written to; nothing is opened for it. Throws like fs. */
  stamp(): string;
  /** Of every session of which something is there. Throws StoreProblem, or like SQLite and fs. */
  sessionIds(): string[];
  /** What is there and not read; throws as well. */
  left(): Left[];
  /** Throws as well. */
  survey(sessionId: string): Survey;
  /** Throws as well, and so does what it returns. */
  rows(sessionId: string): SessionRows;
  /** What OpenCode 2's tables hold of it and version 1's don't; null where that is nothing. As `rows`. */
  v2(sessionId: string): RowsV2 | null;
  close(): void;
}

/** What shows that a session changed, got without reading its content. */
export interface Survey {
  /** Differs where a row was added, changed or taken away. */
  marks: string;
  /** When it was last written, epoch ms. */
  writtenAt: number;
  bytes: number;
}

/** What a store holds of one session, each as a row of OpenCode 1's tables. */
export interface SessionRows {
  /** One, or none where only other rows are left; of JSON files one for each that is of the session. */
  sessions(): Iterable<Row>;
  /** In the order in which they were told. */
  events(): Iterable<Row>;
  /** Each message followed by its parts; those whose message is gone at the end. Told ones may be left out. */
  content(isTold: IsTold): Iterable<ContentRow>;
  /** What gave no row when the rest was read. */
  unreadable(): Iterable<Unreadable>;
}

/** Rows of OpenCode 2's tables. */
export interface RowsV2 {
  /** Of `session_v2`; null where only other rows are left. */
  session: Row | null;
  /** Of `session_message`, the first that tells of another directory; null where there is none. */
  firstMove(): Row | null;
  /** Of `session_message`, in the order of `seq`. */
  messages(): Iterable<MessageV2>;
}

/** A row of `session_message`. */
export interface MessageV2 {
  row: Row;
  /** Where it is a fork's copy. */
  copy: Copy | null;
}

/** What a fork's copy tells beside what it is a copy of. */
export interface Copy {
  /** The id, without its prefix, of the event that made the fork. */
  forkId: string;
  /** The row of the origin; null where it is gone. */
  copiedFromId: string | null;
}

/** Whether events told all that a row holds which was written then. */
export type IsTold = (id: unknown, writtenAt: unknown) => boolean;

export interface ContentRow {
  table: "message" | "part";
  row: Row;
}
