import type { SearchScope, Source } from "../index.ts";
import type { Filter } from "./questions.ts";

/** A search, or its next page: `cursor` is the `nextCursor` of the page before, of the same question. */
export interface FindQuery extends Filter {
  /** Words, `"phrases"`, `pre*`, `-without`, `OR`; whatever is no syntax is taken as words. */
  words: string;
  in: SearchScope[];
  sort: "newest" | "best";
  limit: number;
  /** Every hit, not one per session. */
  each: boolean;
  /** How long the index is waited for, ms. */
  waitMs: number;
  cursor?: string | undefined;
}

/** One place where it was found. Times epoch ms. */
export interface Hit {
  sessionId: string;
  /** The message; of a call or an event, the one that it belongs to, where one is told. */
  messageId: string | null;
  toolCallId: string | null;
  /** The kind of event, where it was found in one. */
  event: string | null;
  createdAt: number | null;
  source: Source | null;
  /** The project's path. */
  project: string | null;
  title: string | null;
  /** Who spoke. */
  role: string | null;
  in: SearchScope;
  tool: string | null;
  /** A piece of the text, on one line. */
  excerpt: string;
  /** Where the words stand in it: from and to, in UTF-16 units. */
  marks: [start: number, end: number][];
  /** Further hits in the same session, counted among the newest; `moreIsCapped` where there may be more. */
  more: number;
  moreIsCapped: boolean;
}

/** A page of hits. */
export interface Found {
  hits: Hit[];
  /** False where rows are not in the index yet. */
  complete: boolean;
  /** How many rows those are, at most. */
  behind: number;
  /** Null on the last page. */
  nextCursor: string | null;
}

/** How far the index is. */
export interface IndexState {
  /** True once there is one. */
  exists: boolean;
  /** Messages, calls and events whose texts are in it: each text counts. */
  texts: number;
  /** Rows that are not in it yet, at most. */
  behind: number;
  /** Of the file. */
  bytes: number;
  /** Why there is none for now. */
  problem: string | null;
}
