/**
 * How a text becomes words. The index is FTS5's with `unicode61`, which takes letters and digits (L, N,
 * Co) as a word's and folds case and accents; what it can't do is done to the text beforehand: an
 * identifier as `getUserName` is followed by its parts, and Chinese, Japanese and Korean, which have no
 * spaces, become pairs of characters. Measured: lode/search.md.
 */

/** A word of a text, and where it stands there, in UTF-16 units. */
export interface Word {
  word: string;
  start: number;
  end: number;
  /** True of a part of an identifier, which follows whole. */
  isPart?: boolean;
  /** True of the last character of a run without spaces, which stands there once more by itself. */
  isTail?: boolean;
}

/** No word of a text begins with it: what does names a facet (U+E000, of the private use area). */
export const FACET = "\uE000";

const LETTERS = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}々ーｰ";
/** Scripts that put no spaces between words. */
const UNSPACED = new RegExp(`[${LETTERS}]`, "u");
const RUNS = new RegExp(`[${LETTERS}]+|[^${LETTERS}]+`, "gu");
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
const ASCII_WORDS = /[A-Za-z0-9]+/g;
/** Between a small letter or a digit and a capital, and before the last capital of several: HTTP|Server. */
const SEAMS = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
const NOT_ASCII = /[^\0-\x7f]/;
const PRIVATE = /\p{Co}/gu;

/** The text as the index is given it. */
export function prepare(text: string): string {
  if (!NOT_ASCII.test(text)) return text.replace(ASCII_WORDS, withParts);
  const spaced = text.normalize("NFC").replace(PRIVATE, " ");
  if (!UNSPACED.test(spaced)) return spaced.replace(WORDS, withParts);
  return spaced.replace(WORDS, (word) => {
    const runs = word.match(RUNS) ?? [];
    return runs.map((run) => (UNSPACED.test(run) ? pairs(run) : withParts(run))).join(" ");
  });
}

function withParts(word: string): string {
  return SEAMS.test(word) ? `${word.split(SEAMS).join(" ")} ${word}` : word;
}

function pairs(run: string): string {
  const letters = [...run];
  return letters.map((letter, i) => letter + (letters[i + 1] ?? "")).join(" ");
}

/** The same words, each with its place in the text. */
export function* wordsOf(text: string): Generator<Word> {
  for (const match of text.matchAll(WORDS)) {
    let start = match.index;
    for (const run of match[0].match(RUNS) ?? []) {
      yield* UNSPACED.test(run) ? pairsAt(run, start) : partsAt(run, start);
      start += run.length;
    }
  }
}

function* partsAt(word: string, start: number): Generator<Word> {
  const parts = word.split(SEAMS);
  let at = start;
  if (parts.length > 1) {
    for (const part of parts) {
      yield { word: part, start: at, end: at + part.length, isPart: true };
      at += part.length;
    }
  }
  yield { word, start, end: start + word.length };
}

function* pairsAt(run: string, start: number): Generator<Word> {
  const letters = [...run];
  let at = start;
  for (const [i, letter] of letters.entries()) {
    const next = letters[i + 1];
    const end = at + letter.length + (next?.length ?? 0);
    yield next === undefined
      ? { word: letter, start: at, end, isTail: true }
      : { word: letter + next, start: at, end };
    at += letter.length;
  }
}

/** Without case and accents, about as `unicode61` does it. */
export function fold(word: string): string {
  if (!NOT_ASCII.test(word)) return word.toLowerCase();
  return word.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC").toLowerCase();
}
