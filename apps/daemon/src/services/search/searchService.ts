import { setImmediate } from "node:timers/promises";
import type { FindQuery, Found, IndexState, IsGone, Searcher } from "@duolog/contract/server";
import { parse, type Query } from "../../core/search/parse.ts";
import type { SearchIndex } from "../../storage/search/searchIndex.ts";
import type { SearchStore } from "../../storage/search/searchStore.ts";
import { answering } from "../readService.ts";
import { bestCandidates, type Candidates, newestCandidates } from "./candidates.ts";
import { collect, type Shown } from "./collect.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { hitsOf } from "./hits.ts";

/** Who keeps the index: opens it where it is not, and takes in what is missing. */
export interface IndexKeeper {
  /** Runs what asks the index. Throws ServiceError where it can't be used. */
  ask<T>(question: (index: SearchIndex) => T): T;
  /** As `Searcher.ready`. */
  ready(waitMs: number, isGone: IsGone): Promise<void>;
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
}

/** Windows of the newest texts that one answer looks through, at most. */
const MOST_WINDOWS = 5;

/** Full-text search over the record. */
export function createSearchService({ keeper, store }: SearchOptions): Searcher {
  return {
    ready: (waitMs, isGone = NEVER) => keeper.ready(waitMs, isGone),
    find: (query, isGone = NEVER) => answering(() => find({ keeper, store }, query, isGone)),
    state: async () => keeper.state(),
    async rebuild() {
      keeper.rebuild();
      return keeper.state();
    },
  };
}

const NEVER: IsGone = () => false;

async function find(options: SearchOptions, query: FindQuery, isGone: IsGone): Promise<Found> {
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
  return { shown, nextCursor: nextOf(query, cursor.sessions, candidates, shown) };
}

function nextOf(
  { sort, limit, each }: FindQuery,
  earlier: number[],
  { found, isWhole, position }: Candidates,
  shown: Shown[],
): string | null {
  const last = shown.at(-1);
  const isFull = shown.length >= limit && last !== undefined;
  if (!isFull && (isWhole || sort === "best")) return null;
  if (isFull && isWhole && last.candidate === found.at(-1)) return null;
  const sessions = each ? [] : [...earlier, ...shown.map(({ candidate }) => candidate.session)];
  const next = isFull ? last.candidate.position : position;
  return next === null ? null : encodeCursor(sort, next, sessions);
}
