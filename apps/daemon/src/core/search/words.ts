/**
 * How a text becomes words. The index is FTS5's with `unicode61`, which takes letters and digits (L, N,
 * Co) as a word's and folds case and accents; what it can't do is done to the text beforehand: an
 * identifier as `getUserName` becomes its parts, behind which one of two parts (GitHub) stands whole, and Chinese, Japanese and Korean, which have no
 * spaces, become pairs of characters. Measured: lode/search.md.
 */
import { type Run, runsOf } from "./runs.ts";

/** A word of a text, and where it stands there, in UTF-16 units. */
export interface Word {
  word: string;
  start: number;
  end: number;
  /** True of a part of an identifier. */
  isPart?: boolean;
  /** True of the last character of a run without spaces, which stands there once more by itself. */
  isTail?: boolean;
}

/** No word of a text begins with it: what does names a facet (U+E000, of the private use area). */
export const FACET = "\uE000";

const NOT_ASCII = /[^\0-\x7f]/;
const SMALL = /^[a-z0-9]*$/;
const PRIVATE = /\p{Co}/gu;

/** The text as the index is given it. */
export function prepare(text: string): string {
  const told = NOT_ASCII.test(text) ? text.normalize("NFC").replace(PRIVATE, " ") : text;
  let prepared = "";
  let done = 0;
  for (const run of runsOf(told, true)) {
    prepared += `${told.slice(done, run.start)} ${piecesOf(told, run)} `;
    done = run.end;
  }
  return done === 0 ? told : prepared + told.slice(done);
}

function piecesOf(text: string, run: Run): string {
  if (run.isUnspaced) {
    return pairsIn(text, run)
      .map(({ word }) => word)
      .join(" ");
  }
  let pieces = "";
  let at = run.start;
  for (const seam of run.seams ?? []) {
    pieces += `${text.slice(at, seam)} `;
    at = seam;
  }
  pieces += text.slice(at, run.end);
  return isWhole(run) ? `${pieces} ${text.slice(run.start, run.end)}` : pieces;
}

/** Longer ones would cost more than they are worth: a seventh of the index, where there is much code. */
function isWhole({ seams }: Run): boolean {
  return seams === null || seams.length === 1;
}

/** The same words, each with its place in the text. */
export function* wordsOf(text: string): Generator<Word> {
  for (const run of runsOf(text, false)) yield* wordsIn(text, run);
}

function wordsIn(text: string, run: Run): Word[] {
  return run.isUnspaced ? pairsIn(text, run) : partsIn(text, run);
}

function partsIn(text: string, run: Run): Word[] {
  const { start, end, seams } = run;
  const words: Word[] = [];
  let at = start;
  for (const seam of seams ? [...seams, end] : []) {
    words.push({ word: text.slice(at, seam), start: at, end: seam, isPart: true });
    at = seam;
  }
  if (isWhole(run)) words.push({ word: text.slice(start, end), start, end });
  return words;
}

function pairsIn(text: string, { start, end }: Run): Word[] {
  const letters = [...text.slice(start, end)];
  let at = start;
  return letters.map((letter, i) => {
    const next = letters[i + 1];
    const from = at;
    at += letter.length;
    return next === undefined
      ? { word: letter, start: from, end: at, isTail: true }
      : { word: letter + next, start: from, end: at + next.length };
  });
}

/** Without case and accents, about as `unicode61` does it. */
export function fold(word: string): string {
  if (SMALL.test(word)) return word;
  if (!NOT_ASCII.test(word)) return word.toLowerCase();
  return word.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC").toLowerCase();
}
