import { setImmediate } from "node:timers/promises";
import type {
  Found as Answer,
  FindQuery,
  IndexState,
  IsGone,
  Searcher,
} from "@duolog/contract/server";
import { parse, type Query } from "../../core/search/parse.ts";
import type { SearchIndex } from "../../storage/search/searchIndex.ts";
import type { SearchStore } from "../../storage/search/searchStore.ts";
import type { Found } from "../../storage/search/windows.ts";
import { answering } from "../readService.ts";
import { bestCandidates, type Candidates, newestCandidates, positionOf } from "./candidates.ts";
import { collect, type Shown } from "./collect.ts";
import { decodeCursor, encodeCursor, type Position } from "./cursor.ts";
import { hitsOf } from "./hits.ts";

/** Who keeps the index: opens it where it is not, and takes in what is missing. */
export interface IndexKeeper {
  /** Runs what asks the index. Throws ServiceError where it can't be used. */
  ask<T>(question: (index: SearchIndex) => T): T;
  /** As `Searcher.ready`. */
  ready(waitMs: number, isGone: IsGone): Promise<void>;
  /** True where nothing was ever recorded, so that there is no index. */
  isEmpty(): boolean;
  /** Rows that are not in the index, at most. Throws ServiceError. */
  behind(): number;
  state(): IndexState;
  /** Throws the index away and begins anew. Throws ServiceError. */
  rebuild(): void;
}

/** What searches go by. */
export interface SearchOptions {
  keeper: IndexKeeper;
  store: Pick<SearchStore, "rows" | "texts">;
  /** What else is derived from the record, and begun anew with the index. */
  beside?: readonly Pick<IndexKeeper, "rebuild">[];
}

/** Windows of the newest texts that one answer looks through, at most. */
const MOST_WINDOWS = 5;

/** Full-text search over the record. */
export function createSearchService({ keeper, store, beside = [] }: SearchOptions): Searcher {
  return {
    ready: (waitMs, isGone = NEVER) => keeper.ready(waitMs, isGone),
    find: (query, isGone = NEVER) => answering(() => find({ keeper, store }, query, isGone)),
    state: async () => keeper.state(),
    async rebuild() {
      for (const derived of [keeper, ...beside]) derived.rebuild();
      return keeper.state();
    },
  };
}

const NEVER: IsGone = () => false;

async function find(options: SearchOptions, query: FindQuery, isGone: IsGone): Promise<Answer> {
  if (options.keeper.isEmpty()) return { hits: [], complete: true, behind: 0, nextCursor: null };
  const behind = options.keeper.behind();
  const parsed = parse(query.words);
  const page = parsed.length > 0 ? await pageOf(options, query, parsed, isGone) : NOTHING;
  const hits = await hitsOf(options.store, parsed, page.shown);
  return { hits, complete: behind === 0, behind, nextCursor: page.nextCursor };
}

interface PageOfShown {
  shown: Shown[];
  nextCursor: string | null;
}

const NOTHING: PageOfShown = { shown: [], nextCursor: null };

async function pageOf(
  options: SearchOptions,
  query: FindQuery,
  parsed: Query,
  isGone: IsGone,
): Promise<PageOfShown> {
  const cursor = decodeCursor(query.cursor, query.sort);
  const candidates: Candidates = { found: [], isWhole: false, position: cursor.position };
  let shown: Shown[] = [];
  const windows = query.sort === "best" ? 1 : MOST_WINDOWS;
  for (let window = 0; window < windows && !candidates.isWhole; window++) {
    if (query.sort === "best") await bestCandidates(options.keeper, query, parsed, candidates);
    else await newestCandidates(options.keeper, query, parsed, candidates);
    shown = await collect(options, query, candidates, new Set(cursor.sessions), isGone);
    if (shown.length >= query.limit || isGone()) break;
    await setImmediate();
  }
  return { shown, nextCursor: nextOf(query, cursor, candidates, shown) };
}

function nextOf(
  query: FindQuery,
  earlier: { position: Position | null; sessions: number[] },
  { found, isWhole, position }: Candidates,
  shown: Shown[],
): string | null {
  const { sort, limit, each } = query;
  const last = shown.at(-1)?.candidate;
  const isFull = shown.length >= limit && last !== undefined;
  if (isFull ? isWhole && last === found.at(-1) : isWhole || sort === "best") return null;
  const shownSessions = shown.map(({ candidate }) => candidate.session);
  const sessions = each ? [] : [...earlier.sessions, ...shownSessions];
  const next = isFull ? behind(query, earlier.position, found, last) : position;
  return next === null ? null : encodeCursor(sort, next, sessions);
}

function behind(query: FindQuery, earlier: Position | null, found: Found[], last: Found): Position {
  if (query.sort === "newest") return positionOf(query.in, last);
  return [(earlier?.[0] ?? 0) + found.indexOf(last) + 1, 0];
}
