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

/** Whether events told all that a row holds which was written then. */
export type IsTold = (id: unknown, writtenAt: unknown) => boolean;

export interface ContentRow {
  table: "message" | "part";
  row: Row;
}
