import { setImmediate } from "node:timers/promises";
import {
  type Found,
  type History,
  type HistoryPart,
  type IngestRecord,
  mapKinds,
} from "@duolog/contract";
import {
  isComplete,
  type Repair,
  type SessionRows,
  type Verdict,
  type Verified,
  verifySession,
} from "@duolog/daemon/verify";

/** What a survey of one agent's store found. */
export interface Survey {
  /** Sessions of which the store tells. */
  compared: number;
  /** Those that the record does not hold as the store tells them. */
  differing: Verdict[];
  /** What would set them right; reads them once more. */
  repairs: () => Iterable<Repair>;
  /** Sessions of which the store tells nothing any more, or never did. */
  onlyHere: string[];
  /** Rows of the other sessions that the store has no more, by kind. */
  rowsOnlyHere: Verdict["onlyHere"];
  /** Lines, rows or files that can't be read. */
  unreadable: number;
}

/**
 * Compares all that an agent's own store tells with the record. What differs is looked at once more at
 * the end: lines of a session may lie in files of others, and an agent at work writes meanwhile.
 * @param told called after each session, for the progress
 */
export async function surveyHistory(
  history: History,
  record: SessionRows,
  told: (part: HistoryPart) => void = () => {},
): Promise<Survey> {
  const survey = new Surveyor(history, record);
  for (const part of history.parts.filter(({ ofMany }) => ofMany)) survey.gather(part);
  for (const part of history.parts.filter(({ ofMany }) => !ofMany)) {
    survey.compare(part);
    told(part);
    await setImmediate();
  }
  return survey.end();
}

class Surveyor {
  readonly #history: History;
  readonly #record: SessionRows;
  readonly #parts = new Map<string, HistoryPart>();
  /** What parts tell of the sessions of others. */
  readonly #elsewhere = new Map<string, IngestRecord[]>();
  /** Sessions that are to be looked at once more. */
  readonly #again = new Set<string>();
  readonly #onlyHere = new Map<string, Verdict["onlyHere"]>();
  #unreadable = 0;

  constructor(history: History, record: SessionRows) {
    this.#history = history;
    this.#record = record;
  }

  /** Keeps what a part tells of sessions, all of them others'. */
  gather(part: HistoryPart): void {
    for (const found of part.read()) {
      this.#unreadable += found.unreadable.length;
      for (const record of found.records) this.#keep(sessionOf(record), record);
    }
  }

  compare(part: HistoryPart): void {
    this.#parts.set(part.id, part);
    const { verdict } = this.#verify(part.id, (found) => {
      this.#unreadable += found.unreadable.length;
      for (const record of found.records) {
        if (sessionOf(record) !== part.id) this.#keep(sessionOf(record), record);
      }
    });
    if (!isComplete(verdict)) this.#again.add(part.id);
  }

  end(): Survey {
    for (const id of this.#elsewhere.keys()) if (!this.#parts.has(id)) this.#again.add(id);
    const verdicts = [...this.#again].map((id) => this.#verify(id).verdict);
    const differing = verdicts.filter((verdict) => !isComplete(verdict));
    const known = new Set([...this.#parts.keys(), ...this.#elsewhere.keys()]);
    return {
      compared: known.size,
      differing,
      repairs: () => this.#repairs(differing),
      onlyHere: this.#record.ids(this.#history.source).filter((id) => !known.has(id)),
      rowsOnlyHere: mapKinds((kind) => sum([...this.#onlyHere.values()].map((of) => of[kind]))),
      unreadable: this.#unreadable,
    };
  }

  #verify(sessionId: string, take: (found: Found) => void = () => {}): Verified {
    const named = new Set<string>();
    const damaged = new Set<string>();
    const records: IngestRecord[] = [];
    for (const found of this.#parts.get(sessionId)?.read() ?? []) {
      take(found);
      for (const id of found.named ?? []) named.add(id);
      for (const id of found.damaged ?? []) damaged.add(id);
      for (const record of found.records) {
        if (sessionOf(record) === sessionId) records.push(record);
      }
    }
    const elsewhere = this.#elsewhere.get(sessionId) ?? [];
    const isHere = records.some(isMessage) || this.#hasMessages(elsewhere, sessionId);
    const all = records.concat(isHere ? elsewhere.filter(isNoPrompt) : elsewhere);
    const told = { sessionId, records: all, named, damaged, history: this.#history };
    const verified = verifySession(this.#record, told);
    this.#onlyHere.set(sessionId, verified.verdict.onlyHere);
    return verified;
  }

  #hasMessages(elsewhere: IngestRecord[], sessionId: string): boolean {
    return elsewhere.length > 0 && this.#record.of("message", sessionId).length > 0;
  }

  *#repairs(differing: Verdict[]): Generator<Repair> {
    for (const { sessionId } of differing) yield* this.#verify(sessionId).repairs();
  }

  #keep(sessionId: string, record: IngestRecord): void {
    const kept = this.#elsewhere.get(sessionId);
    if (kept) kept.push(record);
    else this.#elsewhere.set(sessionId, [record]);
    // Compared already, without this.
    if (this.#parts.has(sessionId)) this.#again.add(sessionId);
  }
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

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
