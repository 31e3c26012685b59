import { type Word, wordsOf } from "./words.ts";

/** Words that stand one behind the other; of the last one the beginning where it is a prefix. */
export interface Phrase {
  /** As they were typed. */
  words: string[];
  isPrefix: boolean;
}

/** What one word or phrase of a query stands for: any of these. */
export type Term = Phrase[];

/** What must be there together, and what must not. */
export interface Group {
  all: Term[];
  none: Term[];
}

/** A query that was understood: any of its groups. None where it has no words. */
export type Query = Group[];

/** Most words and phrases of a query; what follows is left out. */
const MOST_TERMS = 32;
/** Most words of a phrase. */
const MOST_WORDS = 32;
/** Shortest beginning of a word that is looked for: shorter ones begin a good part of all words. */
const SHORTEST_PREFIX = 3;

/** `-`, then a phrase or what goes up to the next space. */
const PIECES = /(?<without>-(?=[^\s-]))?(?:"(?<phrase>[^"]*)"(?<star>\*?)|(?<word>\S+))/gu;

interface Piece {
  term: Term;
  without: boolean;
}

/**
 * Understands what a person typed: words that must all be there, `"phrases"`, `pre*`, `-without`, and
 * `OR` between such groups. Takes any text: what is no syntax is taken as words.
 */
export function parse(typed: string): Query {
  const groups: Piece[][] = [[]];
  const pieces = [...typed.matchAll(PIECES)];
  let count = 0;
  for (const [i, { 0: text, groups: found }] of pieces.entries()) {
    if (text === "OR" && i > 0 && i < pieces.length - 1) {
      groups.push([]);
      continue;
    }
    const term = termOf(found ?? {});
    if (term.length === 0) continue;
    if (++count > MOST_TERMS) break;
    groups.at(-1)?.push({ term, without: found?.without !== undefined });
  }
  return groups.filter((group) => group.length > 0).map(groupOf);
}

/** What has nothing but what must not be there is no question: these are its words. */
function groupOf(pieces: Piece[]): Group {
  const wanted = pieces.filter(({ without }) => !without);
  if (wanted.length === 0) return { all: pieces.map(({ term }) => term), none: [] };
  const unwanted = pieces.filter(({ without }) => without);
  return { all: wanted.map(({ term }) => term), none: unwanted.map(({ term }) => term) };
}

function termOf({ phrase, star, word }: Record<string, string | undefined>): Term {
  if (phrase !== undefined) return phrasesOf(phrase, star === "*");
  const isPrefix = word?.endsWith("*") === true && lastWord(word).length >= SHORTEST_PREFIX;
  return phrasesOf(word ?? "", isPrefix);
}

function lastWord(text: string): string {
  return [...(/[\p{L}\p{N}]*(?=\*+$)/u.exec(text)?.[0] ?? "")].join("");
}

/**
 * The ways in which the text may stand in the index: with its identifiers as they are there, or written
 * small, without parts; one that is alone by its parts, however these are written.
 */
function phrasesOf(text: string, isPrefix: boolean): Term {
  const words = [...wordsOf(text)].slice(0, MOST_WORDS);
  if (words.length === 0) return [];
  const parts = words.filter(({ isPart }) => isPart);
  if (parts.length === 0) return [endOf(words, isPrefix)];
  const whole = [...wordsOf(text.toLowerCase())].slice(0, MOST_WORDS);
  const asTyped = whole.length === 1 ? parts : words;
  return [endOf(asTyped, isPrefix), endOf(whole, isPrefix)];
}

/**
 * Of a run without spaces at the end the text may go on: its last character is in the pair before, or,
 * where it is all there is, begins one.
 */
function endOf(words: Word[], isPrefix: boolean): Phrase {
  const last = words.at(-1);
  if (!last?.isTail) return { words: words.map(({ word }) => word), isPrefix };
  const before = words.at(-2);
  const isInPair = before !== undefined && before.end === last.end;
  const kept = isInPair ? words.slice(0, -1) : words;
  return { words: kept.map(({ word }) => word), isPrefix: !isInPair };
}
