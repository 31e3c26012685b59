import type { Query } from "./parse.ts";
import { fold, wordsOf } from "./words.ts";

/** A piece of a text on one line, and where the words stand in it, in UTF-16 units. */
export interface Excerpt {
  excerpt: string;
  marks: [start: number, end: number][];
}

/** Longest excerpt, UTF-16 units, with the dots where something is left out. */
export const EXCERPT = 300;
/** So much of it, at most, stands before the first word that was looked for. */
const LEAD = 60;
/** So far behind the first place that was found those of other terms are looked for, UTF-16 units. */
const LOOK_ON = 4_000;
/** So much before a word of a phrase its beginning is looked for. */
const LOOK_BACK = 200;

/** A place of one of the query's terms. */
export interface Place {
  term: number;
  start: number;
  end: number;
}

/** The piece of the text with the most of what was looked for; its beginning where nothing of it is there. */
export function excerptOf(text: string, query: Query): Excerpt {
  return excerptAround(text, placesIn(text, query));
}

/** As `excerptOf`, of places that are known, in their order. */
export function excerptAround(text: string, places: Place[]): Excerpt {
  const best = bestOf(places);
  const from = best === undefined ? 0 : best.start - LEAD;
  const start = from > 0 ? startOfWord(text, from) : 0;
  return assemble(text, start, places);
}

/** The stretches without white space, from `start` on. */
function* stretches(text: string, start: number): Generator<[start: number, end: number]> {
  const stretch = /\S+/gu;
  stretch.lastIndex = start;
  for (let found = stretch.exec(text); found; found = stretch.exec(text)) {
    yield [found.index, stretch.lastIndex];
  }
}

function assemble(text: string, start: number, places: Place[]): Excerpt {
  let line = start > 0 ? "…" : "";
  const marks: [number, number][] = [];
  let isFirst = true;
  for (const [from, end] of stretches(text, start)) {
    const room = EXCERPT - 1 - line.length - Number(!isFirst);
    if (room <= 0) {
      line += "…";
      break;
    }
    if (!isFirst) line += " ";
    isFirst = false;
    const to = Math.min(end, from + room);
    marks.push(...marksIn(places, from, to, line.length));
    line += text.slice(from, to);
    if (to < end) {
      line += "…";
      break;
    }
  }
  return { excerpt: line.toWellFormed(), marks: joined(marks) };
}

/** Of the places those within the stretch, moved to where it stands now. */
function marksIn(places: Place[], from: number, to: number, at: number): [number, number][] {
  return places
    .filter(({ start, end }) => start < to && end > from)
    .map(({ start, end }) => [at + Math.max(start, from) - from, at + Math.min(end, to) - from]);
}

function joined(marks: [number, number][]): [number, number][] {
  const sorted = marks.toSorted(([a], [b]) => a - b);
  const whole: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = whole.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else whole.push([start, end]);
  }
  return whole;
}

/** The place with the most different terms behind it within an excerpt; the first of those. */
function bestOf(places: Place[]): Place | undefined {
  let best: { place: Place; terms: number } | undefined;
  for (const [i, place] of places.entries()) {
    const terms = new Set<number>();
    for (const other of places.slice(i)) {
      if (other.end > place.start + EXCERPT - LEAD) break;
      terms.add(other.term);
    }
    if (!best || terms.size > best.terms) best = { place, terms: terms.size };
  }
  return best?.place;
}

/** The places of what must be there, in the order of the text: the first, and what follows it closely. */
function placesIn(text: string, query: Query): Place[] {
  const terms = query.flatMap(({ all }) => all);
  const phrases = terms.flatMap((term, i) =>
    term.map(({ words, isPrefix }) => ({ term: i, words: words.map(fold), isPrefix })),
  );
  const longest = Math.max(0, ...phrases.map(({ words }) => words.length));
  const recent: { word: string; start: number; end: number }[] = [];
  const places: Place[] = [];
  const begin = beginOf(text, phrases);
  const lookOn = terms.length > 1 ? LOOK_ON : EXCERPT;
  for (const { word, start, end } of wordsOf(begin === 0 ? text : text.slice(begin))) {
    if (places[0] && begin + start > places[0].start + lookOn) break;
    recent.push({ word: fold(word), start: begin + start, end: begin + end });
    if (recent.length > longest) recent.shift();
    for (const { term, words, isPrefix } of phrases) {
      const first = recent[recent.length - words.length];
      if (first && isAt(recent, words, isPrefix))
        places.push({ term, start: first.start, end: begin + end });
    }
  }
  return places.toSorted((a, b) => a.start - b.start);
}

/** Where it is worth looking from: a long text word by word takes long. */
function beginOf(text: string, phrases: { words: string[] }[]): number {
  const lower = text.toLowerCase();
  // Some letters are longer as small ones.
  if (lower.length !== text.length) return 0;
  const found = phrases
    .map(({ words }) => lower.indexOf(words.toSorted((a, b) => b.length - a.length)[0] ?? ""))
    .filter((at) => at >= 0);
  const from = Math.min(...found) - LOOK_BACK;
  if (found.length === 0 || from <= 0) return 0;
  const space = text.slice(from).search(/\s/);
  return space < 0 ? 0 : from + space;
}

function isAt(recent: { word: string }[], words: string[], isPrefix: boolean): boolean {
  const offset = recent.length - words.length;
  return words.every((word, i) => {
    const there = recent[offset + i]?.word ?? "";
    return isPrefix && i === words.length - 1 ? there.startsWith(word) : there === word;
  });
}

/** The beginning of the first word behind `from`, or `from` where that is far. */
function startOfWord(text: string, from: number): number {
  const space = /\s/u.exec(text.slice(from, from + LEAD / 2));
  const start = space ? from + space.index + 1 : from;
  const isInPair = /[\uDC00-\uDFFF]/.test(text.charAt(start));
  return isInPair ? start + 1 : start;
}
