import { setImmediate } from "node:timers/promises";
import type { SearchScope } from "@duolog/contract";
import type { FindQuery } from "@duolog/contract/server";
import {
  expressionOf,
  type Facets,
  phraseText,
  quotedFacet,
} from "../../core/search/expression.ts";
import type { Query } from "../../core/search/parse.ts";
import { idOfTime } from "../../storage/search/scopeWriter.ts";
import type { SearchIndex } from "../../storage/search/searchIndex.ts";
import type { Found, Span } from "../../storage/search/windows.ts";
import type { Position } from "./cursor.ts";
import type { IndexKeeper } from "./searchService.ts";

/** What matches, in the order of the answer, as far as it was looked for. */
export interface Candidates {
  found: Found[];
  /** True where there is nothing behind it. */
  isWhole: boolean;
  /** Behind which the next ones are. */
  position: Position | null;
}

/** Texts of each scope that are looked at in one go. */
const WINDOW = 2_000;
/** Up to so many hits are ranked; of more, so many of the newest. */
const RANKED = 20_000;
const RANKED_NEWEST = 5_000;
/** Of those so many of each scope are candidates. */
const BEST = 500;
/** More words than these that are in so many texts are not ranked: each costs a walk through them all. */
const COMMON_WORDS = 2;
/** A text may be so much later in the order of times than it was, s: the place of its second was taken. */
const LATE = 60;

/** The expression for a scope; null where nothing can be found. */
interface Asked {
  scope: SearchScope;
  expression: string;
  facets: Facets;
  span: Span;
}

function askedOf(index: SearchIndex, query: FindQuery, parsed: Query): Asked[] {
  const from = query.since === undefined ? 0 : idOfTime(query.since);
  const below = query.until === undefined ? Number.MAX_SAFE_INTEGER : idOfTime(query.until) + LATE;
  return query.in.flatMap((scope) => {
    const { facets, isEmpty } = index.narrower.narrow(query, scope);
    const expression = expressionOf(parsed, facets);
    return isEmpty ? [] : [{ scope, expression, facets, span: { from, below } }];
  });
}

/** Adds the next ones, newest first. */
export async function newestCandidates(
  keeper: IndexKeeper,
  query: FindQuery,
  parsed: Query,
  candidates: Candidates,
): Promise<void> {
  const asked = keeper.ask((index) => askedOf(index, query, parsed));
  const { position } = candidates;
  const windows: Found[][] = [];
  let end = -1;
  for (const { scope, expression, span } of asked) {
    const below = Math.min(span.below, belowOf(position, query.in.indexOf(scope)));
    const found = keeper.ask((index) =>
      index.windows[scope].newest(expression, { ...span, below }, WINDOW),
    );
    if (found.length === WINDOW) end = Math.max(end, found.at(-1)?.id ?? 0);
    windows.push(found);
    await setImmediate();
  }
  const merged = mergedOf(query.in, windows, end);
  const last = merged.at(-1);
  candidates.found.push(...merged);
  candidates.isWhole = end < 0;
  candidates.position = last ? positionOf(query.in, last) : position;
}

/** Before the last one of a window that is full, the other scopes may know of more. */
function mergedOf(scopes: readonly SearchScope[], windows: Found[][], end: number): Found[] {
  if (windows.length === 1) return windows[0] as Found[];
  const place = ({ scope }: Found) => scopes.indexOf(scope);
  const merged = windows.flat().filter(({ id }) => id >= end);
  return merged.sort((a, b) => b.id - a.id || place(a) - place(b));
}

/** Where the ones behind it begin, newest first. */
export function positionOf(scopes: readonly SearchScope[], { id, scope }: Found): Position {
  return [id, scopes.indexOf(scope)];
}

/** Before which id the next ones of the scope are. */
function belowOf(position: Position | null, place: number): number {
  if (position === null) return Number.MAX_SAFE_INTEGER;
  const [at, scope] = position;
  return place > scope ? at + 1 : at;
}

/** Adds the best, best first. Where there are too many, the best of the newest, or the newest. */
export async function bestCandidates(
  keeper: IndexKeeper,
  query: FindQuery,
  parsed: Query,
  candidates: Candidates,
): Promise<void> {
  const asked = keeper.ask((index) => askedOf(index, query, parsed));
  const found: Found[] = [];
  for (const one of asked) found.push(...(await ranking(keeper, one, parsed)));
  found.sort((a, b) => a.score - b.score || b.id - a.id);
  candidates.found.push(...found.slice(candidates.position?.[0] ?? 0));
  candidates.isWhole = true;
}

async function ranking(keeper: IndexKeeper, asked: Asked, parsed: Query): Promise<Found[]> {
  const { scope, expression, span } = asked;
  const count = (text: string) =>
    keeper.ask((index) => index.windows[scope].count(text, span, RANKED + 1));
  const isRare = count(expression) <= RANKED;
  await setImmediate();
  if (isRare) return keeper.ask((index) => index.windows[scope].best(expression, span, BEST));
  let common = 0;
  for (const text of wordsIn(parsed, asked.facets)) {
    if (count(text) > RANKED) common++;
    await setImmediate();
  }
  return keeper.ask((index) => {
    const windows = index.windows[scope];
    if (common > COMMON_WORDS) return windows.newest(expression, span, BEST);
    const from = windows.startOfNewest(expression, span, RANKED_NEWEST) ?? span.from;
    return windows.best(expression, { ...span, from }, BEST);
  });
}

/** Each word, phrase and facet by itself: bm25 asks how common each is. */
function wordsIn(parsed: Query, { all, none }: Facets): string[] {
  const terms = parsed.flatMap((group) => [...group.all, ...group.none]).flat();
  const facets = [...all.flat(), ...none].slice(0, 20);
  return [...new Set([...terms.map(phraseText), ...facets.map(quotedFacet)])];
}
