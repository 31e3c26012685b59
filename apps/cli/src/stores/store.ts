import type { Found, History, HistoryPart, Left, Source } from "@duolog/contract";

/** A part of a store, as HistoryPart. */
export interface Part extends Omit<HistoryPart, "read"> {
  read(): Iterable<Found> | AsyncIterable<Found>;
}

/** Something that is imported: what an agent keeps on this machine, or another record. */
export interface Store {
  /** Null of another record. */
  source: Source | null;
  /** The version of the agent's translation, with which rows may change. */
  translator: number;
  /** The directories and files that were looked into. */
  places: readonly string[];
  /** Differs whenever anything in the places may have changed; null where that takes a look at each part. */
  whole: string | null;
  parts: readonly Part[];
  left: readonly Left[];
  close(): void;
}

/** What an agent keeps on this machine. */
export interface AgentStore extends History {
  /** As in Store. */
  translator: number;
  whole: string | null;
}
