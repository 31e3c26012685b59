import type { IngestRecord } from "./entities/index.ts";
import type { Message, Session, SessionEvent, Source } from "./generated/model.ts";

/** Something in an agent's store that gives no record. */
export interface Unreadable {
  /** As it stands there, or its beginning. */
  raw: unknown;
  reason: string;
}

/** What a piece of an agent's store holds. */
export interface Found {
  records: IngestRecord[];
  unreadable: Unreadable[];
  /**
   * Ids that stand in the piece: of lines, messages, calls, parts, events. A row with one of them that
   * today's translation does not make was made by an earlier one.
   */
  named?: readonly string[];
  /** The same of what can't be read; of these only a row that says nothing is taken for such a one. */
  damaged?: readonly string[];
  /** Types of events, lines or entries that this version does not know. */
  unknown?: readonly string[];
}

/** Something of an agent's that is not read, and why. */
export interface Left {
  /** The file or directory, or of what in a file it is one. */
  what: string;
  /** The same words for each of a kind: they are counted by it. */
  reason: string;
  /** It ought to be read, and can't be: for want of a permission, or as it is damaged. */
  isFault?: boolean;
}

/** A part of an agent's store that is read in one go: what it holds under one session's name. */
export interface HistoryPart {
  /** The session; of what belongs to several, another name that no other part of the store has. */
  id: string;
  /** Differs whenever what the part holds may have changed. */
  fingerprint: string;
  /** When it was last written, epoch ms. */
  writtenAt: number;
  /** How much there is to read, bytes; for the progress alone. */
  bytes: number;
  /** It holds a little of many sessions: read before those that hold a session whole. */
  ofMany?: true;
  /** Reads it, as live capture does: rows of other sessions may be among them. Throws like fs. */
  read(): Iterable<Found>;
}

/** What one agent keeps on this machine of its sessions. */
export interface History {
  source: Source;
  /** The directories and files that were looked into. */
  places: readonly string[];
  parts: readonly HistoryPart[];
  /** What was seen and is not read. */
  left: readonly Left[];
  /** The fields of a session's row that live capture may have told, and later than the store. */
  live(row: Session): readonly (keyof Session)[];
  /** The same of the other rows. */
  liveOfRows?: readonly (keyof Message & keyof SessionEvent)[];
  /** What else `named` may hold of an event that is known by none of its own ids there. */
  namesOf(event: SessionEvent): readonly string[];
  close(): void;
}
