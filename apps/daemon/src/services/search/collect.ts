import type { FindQuery, IsGone } from "@duolog/contract/server";
import type { FoundRow } from "../../storage/search/foundRows.ts";
import { rowOf } from "../../storage/search/rowNumber.ts";
import type { Found } from "../../storage/search/windows.ts";
import type { Candidates } from "./candidates.ts";
import { groupBy } from "./groupBy.ts";
import type { SearchOptions } from "./searchService.ts";

/** A candidate that is shown, with its row. */
export interface Shown {
  candidate: Found;
  row: FoundRow;
  /** How many more candidates its session has; `moreIsCapped` where not all were looked at. */
  more: number;
  moreIsCapped: boolean;
}

/** Rows that are read in one go, at most, and so many more at first than are to be shown. */
const AT_ONCE = 64;
const SPARE = 4;
/** So often rows are read for one answer, at most. */
const MOST_ROUNDS = 60;

/**
 * The first candidates that are to be shown, in their order, at most `query.limit`: one of each session
 * or all of them, no copies of what is shown elsewhere, none of what is gone. `earlier` are sessions that
 * were shown on pages before. Rejects with StorageError.
 */
export async function collect(
  options: SearchOptions,
  query: FindQuery,
  { found, isWhole }: Candidates,
  earlier: ReadonlySet<number>,
  isGone: IsGone,
): Promise<Shown[]> {
  const choice = new Choice(found, query, earlier);
  for (let round = 0; round < MOST_ROUNDS && !isGone(); round++) {
    const next = choice.next();
    if (next.length === 0) break;
    choice.settle(next, await wantedOf(options, query, next));
  }
  return choice.shown().map((shown) => ({ ...shown, moreIsCapped: !isWhole }));
}

/** Which candidates are asked for, and which are shown. */
class Choice {
  readonly #found: Found[];
  readonly #query: FindQuery;
  readonly #earlier: ReadonlySet<number>;
  readonly #rows = new Map<Found, FoundRow>();
  readonly #refused = new Set<Found>();
  readonly #shownSessions = new Set<number>();
  readonly #refusals = new Map<number, number>();
  readonly #contents = new Set<number>();

  constructor(found: Found[], query: FindQuery, earlier: ReadonlySet<number>) {
    this.#found = found;
    this.#query = query;
    this.#earlier = earlier;
  }

  /** Those that may be shown and stand before the last one that is: a few, of many sessions. */
  next(): Found[] {
    const next: Found[] = [];
    const ofSession = new Map<number, number>();
    const most = Math.min(
      AT_ONCE,
      this.#refused.size + this.#query.limit - this.#rows.size + SPARE,
    );
    let accepted = 0;
    for (const candidate of this.#found) {
      if (next.length >= most || accepted >= this.#query.limit) break;
      if (this.#rows.has(candidate)) accepted++;
      else if (this.#isOpen(candidate, ofSession)) next.push(candidate);
    }
    return next;
  }

  #isOpen(candidate: Found, ofSession: Map<number, number>): boolean {
    if (this.#refused.has(candidate)) return false;
    if (this.#query.each) return true;
    const { session } = candidate;
    if (this.#earlier.has(session) || this.#shownSessions.has(session)) return false;
    // Of a session of which many were refused, a fork for one, more are asked for together.
    const taken = ofSession.get(session) ?? 0;
    ofSession.set(session, taken + 1);
    return taken <= (this.#refusals.get(session) ?? 0) * 2;
  }

  /** Takes those that are `wanted`, and refuses the others of `asked`. */
  settle(asked: Found[], wanted: Map<Found, FoundRow>): void {
    for (const candidate of asked) {
      const { session } = candidate;
      const row = wanted.get(candidate);
      if (row && this.#isNew(candidate)) {
        this.#rows.set(candidate, row);
        this.#shownSessions.add(session);
      } else {
        this.#refused.add(candidate);
        this.#refusals.set(session, (this.#refusals.get(session) ?? 0) + 1);
      }
    }
  }

  #isNew({ session, content }: Found): boolean {
    if (!this.#query.each && this.#shownSessions.has(session)) return false;
    if (content === null) return true;
    const isNew = !this.#contents.has(content);
    this.#contents.add(content);
    return isNew;
  }

  shown(): Omit<Shown, "moreIsCapped">[] {
    const counts = new Map<number, number>();
    for (const { session } of this.#found) counts.set(session, (counts.get(session) ?? 0) + 1);
    const accepted = this.#found.filter((candidate) => this.#rows.has(candidate));
    return accepted.slice(0, this.#query.limit).map((candidate) => {
      const more = this.#query.each ? 0 : (counts.get(candidate.session) ?? 1) - 1;
      return { candidate, row: this.#rows.get(candidate) as FoundRow, more };
    });
  }
}

/** Those whose rows are there, no copies, and within what the index could not narrow. */
async function wantedOf(
  { keeper, store }: SearchOptions,
  query: FindQuery,
  candidates: Found[],
): Promise<Map<Found, FoundRow>> {
  const rows = await rowsOf(store, candidates);
  const gone = candidates.filter((candidate) => !rows.has(candidate));
  const sessions = [...rows.values()].flatMap(({ twins, origins }) => [...twins, ...origins]);
  const within = keeper.ask((index) => {
    for (const { scope, row } of gone) index.drop(scope, [row]);
    return sessions.length > 0 ? index.narrower.sessionsWithin(query, sessions) : new Set<string>();
  });
  return new Map([...rows].filter(([, row]) => isWithin(query, row) && !isCopy(row, within)));
}

async function rowsOf(
  store: SearchOptions["store"],
  candidates: Found[],
): Promise<Map<Found, FoundRow>> {
  const kinds = groupBy(candidates, ({ scope, row }) => rowOf(scope, row).kind);
  const found = new Map<Found, FoundRow>();
  for (const [kind, group] of kinds) {
    const keyOf = ({ scope, row }: Found) => rowOf(scope, row).key;
    const rows = await store.rows(kind, [...new Set(group.map(keyOf))]);
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const candidate of group) {
      const row = byKey.get(keyOf(candidate));
      if (row) found.set(candidate, row);
    }
  }
  return found;
}

/** What the index can't narrow, or not to the millisecond. */
export function isWithin(
  { since, until, model }: Pick<FindQuery, "since" | "until" | "model">,
  row: FoundRow,
): boolean {
  const { createdAt } = row;
  if (since !== undefined && createdAt !== null && createdAt < since) return false;
  if (until !== undefined && createdAt !== null && createdAt >= until) return false;
  return model === undefined || row.model?.toLowerCase().startsWith(model.toLowerCase()) === true;
}

/**
 * True where the same stands in another session that is looked in: in the one that it was copied from,
 * or, of several that have it under one id, in the one whose id is the least.
 */
export function isCopy({ sessionId, twins, origins }: FoundRow, within: Set<string>): boolean {
  return (
    origins.some((session) => within.has(session)) ||
    twins.some((session) => session < sessionId && within.has(session))
  );
}
