import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { makeScratch } from "@duolog/client/local";
import { type Found, type History, type HistoryPart, Source } from "@duolog/contract";
import { findStores } from "./findStores.ts";
import { problemOf } from "./problem.ts";
import { readSession } from "./readSession.ts";
import type { Store, Survey } from "./store.ts";
import { readSessionV2 } from "./v2/readSessionV2.ts";

/** What of OpenCode's is read, and by way of where. */
export interface HistoryOptions {
  /** Data directories and database files of OpenCode's; each is told that is not there. */
  places: readonly string[];
  /** A directory of ours, for copies of what can't be read where it lies; without one it is left. */
  scratch?: string;
  /** Epoch ms. */
  now: number;
}

/** What events tell, and the store not, or not yet: of a revert, what the session had cost until then. */
const LIVE = [
  "status",
  "error",
  "updatedAt",
  "endedAt",
  "cost",
  "promptTokens",
  "completionTokens",
  "reasoningTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
] as const;

/**
 * What OpenCode keeps on this machine. A part is a session, as all its stores tell it; its
 * fingerprint is taken when it is first asked for, at the latest before the part is read. Nothing of
 * OpenCode's changes and no exception comes out: what can't be read is `left`, or `unreadable`.
 */
export function openHistory({ places, scratch, now }: HistoryOptions): History {
  const room = scratch === undefined ? null : new Room(scratch);
  const found = findStores(places, room && (() => room.make()));
  const left = [...found.left];
  const stores = new Map<string, Store[]>();
  for (const store of found.stores) {
    try {
      for (const id of store.sessionIds()) stores.set(id, [...(stores.get(id) ?? []), store]);
      left.push(...store.left());
    } catch (error) {
      left.push({ what: store.path, reason: problemOf(error), isFault: true });
    }
  }
  return {
    source: Source.opencode,
    places: found.places,
    parts: [...stores].map(([id, of]) => new SessionPart(id, of, now)),
    left,
    live: () => LIVE,
    // Of an answer that never ended no row of version 2 says when it was last told of.
    liveOfRows: ["updatedAt"],
    // No row of the record is taken out for what the store tells: a message there may be damaged now.
    namesOf: () => [],
    close() {
      for (const store of found.stores) store.close();
      room?.close();
    },
  };
}

/**
 * What stays the same while nothing at all in the places was written to, so that a caller who has seen
 * it before need not open them. Null where that can't be told.
 */
export function fingerprintOf(places: readonly string[]): string | null {
  const { stores, left } = findStores(places, null);
  try {
    const stamps = stores.map((store) => `${store.path} ${store.stamp()}`);
    const whole = [...stamps, ...left.map(({ what, reason }) => `${what} ${reason}`)].join("\n");
    return createHash("sha256").update(whole).digest("base64url");
  } catch (error) {
    // Opening it tells the reason; what is none is thrown again.
    problemOf(error);
    return null;
  }
}

class SessionPart implements HistoryPart {
  readonly id: string;
  readonly #stores: readonly Store[];
  readonly #now: number;
  #surveyed: Survey | null = null;

  constructor(id: string, stores: readonly Store[], now: number) {
    this.id = id;
    this.#stores = stores;
    this.#now = now;
  }

  get fingerprint(): string {
    return this.#survey.marks;
  }

  get writtenAt(): number {
    return this.#survey.writtenAt;
  }

  get bytes(): number {
    return this.#survey.bytes;
  }

  *read(): Generator<Found> {
    this.#surveyed ??= this.#survey;
    for (const store of this.#stores) {
      try {
        yield* readSession(store.rows(this.id), this.#now);
        const v2 = store.v2(this.id);
        if (v2) yield* readSessionV2(v2);
      } catch (error) {
        const raw = { store: store.path, session: this.id };
        yield { records: [], unreadable: [{ raw, reason: problemOf(error) }] };
      }
    }
  }

  get #survey(): Survey {
    this.#surveyed ??= this.#stores
      .map((store) => this.#surveyOf(store))
      .reduce((all, one) => ({
        marks: `${all.marks} ${one.marks}`,
        writtenAt: Math.max(all.writtenAt, one.writtenAt),
        bytes: all.bytes + one.bytes,
      }));
    return this.#surveyed;
  }

  #surveyOf(store: Store): Survey {
    try {
      return store.survey(this.id);
    } catch (error) {
      // As if it were new: reading it tells why it can't be read, today and the next time.
      return { marks: `${problemOf(error)} at ${this.#now}`, writtenAt: this.#now, bytes: 0 };
    }
  }
}

/** Directories for copies, made when one is needed. */
class Room {
  readonly #scratch: string;
  readonly #made: string[] = [];

  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  make(): string {
    const directory = makeScratch(this.#scratch);
    this.#made.push(directory);
    return directory;
  }

  close(): void {
    for (const directory of this.#made) rmSync(directory, { recursive: true, force: true });
  }
}
