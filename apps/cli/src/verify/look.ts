import { createHash } from "node:crypto";
import type { Found, History, HistoryPart, IngestRecord } from "@duolog/contract";
import {
  isComplete,
  type SessionRows,
  type Verdict,
  type Verified,
  verifySession,
} from "@duolog/daemon/verify";

/** Which parts of a store are looked at: one share of them, by their ids. */
export interface Share {
  index: number;
  of: number;
}

/** What looking at parts of a store found. Plain data. */
export interface Looked {
  /** Sessions that were compared, and how many rows of each the store has no more. */
  compared: Map<string, Verdict["onlyHere"]>;
  /** Those of them that differ. */
  differing: string[];
  /** What the parts tell of other sessions than their own. */
  astray: Records;
  unreadable: number;
}

/** Records by their sessions. */
export type Records = Map<string, IngestRecord[]>;

/** Compares the sessions of a share of a store's parts with the record. Throws like fs and SQLite. */
export function look(history: History, record: SessionRows, share: Share): Looked {
  const looking = new Looking(history, record);
  for (const part of history.parts) {
    if (!part.ofMany && isOf(share, part.id)) looking.compare(part);
  }
  return looking.found;
}

function isOf({ index, of }: Share, id: string): boolean {
  return of === 1 || createHash("sha256").update(id).digest().readUInt32BE() % of === index;
}

/** A look at a store, part by part. */
export class Looking {
  readonly found: Looked = {
    compared: new Map(),
    differing: [],
    astray: new Map(),
    unreadable: 0,
  };
  readonly #history: History;
  readonly #record: SessionRows;

  /** What parts that hold a little of many sessions tell, and how much of them can't be read. */
  readonly listed: Records = new Map();
  readonly unlisted: number;

  constructor(history: History, record: SessionRows) {
    this.#history = history;
    this.#record = record;
    this.unlisted = history.parts.reduce((sum, part) => sum + this.#list(part), 0);
  }

  compare(part: HistoryPart): void {
    const { verdict } = this.verify(part.id, part, (found) => this.#keepAstray(found, part.id));
    this.found.compared.set(part.id, verdict.onlyHere);
    if (!isComplete(verdict)) this.found.differing.push(part.id);
  }

  /** Compares a session with its part, where it has one, and with what others are known to tell of it. */
  verify(
    sessionId: string,
    part: HistoryPart | null,
    take: (found: Found) => void = () => {},
  ): Verified {
    const named = new Set<string>();
    const damaged = new Set<string>();
    const records: IngestRecord[] = [];
    for (const found of part?.read() ?? []) {
      take(found);
      for (const id of found.named ?? []) named.add(id);
      for (const id of found.damaged ?? []) damaged.add(id);
      for (const record of found.records) {
        if (sessionOf(record) === sessionId) records.push(record);
      }
    }
    records.push(...(this.found.astray.get(sessionId) ?? []));
    const listed = this.listed.get(sessionId) ?? [];
    const isHere = records.some(isMessage) || this.#hasMessages(listed, sessionId);
    const all = records.concat(isHere ? listed.filter(isNoPrompt) : listed);
    const told = { sessionId, records: all, named, damaged, history: this.#history };
    return verifySession(this.#record, told);
  }

  #hasMessages(listed: IngestRecord[], sessionId: string): boolean {
    return listed.length > 0 && this.#record.of("message", sessionId).length > 0;
  }

  #list(part: HistoryPart): number {
    let unreadable = 0;
    for (const found of part.ofMany ? part.read() : []) {
      unreadable += found.unreadable.length;
      for (const record of found.records) keep(this.listed, record);
    }
    return unreadable;
  }

  #keepAstray({ records, unreadable }: Found, own: string): void {
    this.found.unreadable += unreadable.length;
    for (const record of records) {
      if (sessionOf(record) !== own) keep(this.found.astray, record);
    }
  }
}

function keep(kept: Records, record: IngestRecord): void {
  const sessionId = sessionOf(record);
  const known = kept.get(sessionId);
  if (known) known.push(record);
  else kept.set(sessionId, [record]);
}

function isMessage({ kind }: IngestRecord): boolean {
  return kind === "message";
}

/** Prompts that a list of them tells stand for messages that are gone: beside those nobody misses them. */
function isNoPrompt({ kind, data }: IngestRecord): boolean {
  return kind !== "event" || data.kind !== "prompt";
}

function sessionOf({ data }: IngestRecord): string {
  return "sessionId" in data ? data.sessionId : data.id;
}
