/** A stretch of letters and digits of one kind. */
export interface Run {
  start: number;
  end: number;
  /** Of a script that puts no spaces between words. */
  isUnspaced: boolean;
  /** Where the parts of an identifier begin, but for the first; null where it has none. */
  seams: number[] | null;
}

const OTHER = 1;
/** a–z and digits; capitals A–Z: between them are the seams of identifiers. */
const SMALL = 2;
const CAPITAL = 3;
const LETTER = 4;
const UNSPACED = 5;

const UNSPACED_LETTER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々ーｰ]/u;
const ANY_LETTER = /[\p{L}\p{N}\p{M}]/u;

/** The kind of each code unit, as far as it was asked for; 0 where not. */
const KINDS = new Uint8Array(0x10000);

/**
 * The runs of a text, in order; `oddOnly` those that the index can't take as they are. By hand: expressions
 * take ten times as long, and every text that is recorded goes through here.
 */
export function* runsOf(text: string, oddOnly: boolean): Generator<Run> {
  for (let at = 0; at < text.length; ) {
    const kind = kindAt(text, at);
    if (kind === OTHER) {
      at++;
      continue;
    }
    const run = kind === UNSPACED ? unspacedAt(text, at) : wordAt(text, at, kind);
    if (!oddOnly || run.isUnspaced || run.seams) yield run;
    at = run.end;
  }
}

function unspacedAt(text: string, start: number): Run {
  let end = start;
  while (end < text.length && kindAt(text, end) === UNSPACED) end += widthAt(text, end);
  return { start, end, isUnspaced: true, seams: null };
}

/** A word ends where another kind of script begins: both may stand without a space. */
function wordAt(text: string, start: number, first: number): Run {
  let seams: number[] | null = null;
  let end = start + widthAt(text, start);
  let [before, last] = [0, first];
  for (; end < text.length; end += widthAt(text, end)) {
    const kind = kindAt(text, end);
    if (kind === OTHER || kind === UNSPACED) break;
    if (last === SMALL && kind === CAPITAL) seams = withSeam(seams, end);
    // HTTP|Server: the last of several capitals begins the next part.
    else if (before === CAPITAL && last === CAPITAL && kind === SMALL && !isDigit(text, end)) {
      seams = withSeam(seams, end - 1);
    }
    [before, last] = [last, kind];
  }
  return { start, end, isUnspaced: false, seams };
}

function withSeam(seams: number[] | null, at: number): number[] {
  if (!seams) return [at];
  if (seams.at(-1) !== at) seams.push(at);
  return seams;
}

function isDigit(text: string, at: number): boolean {
  return text.charCodeAt(at) < 0x3a;
}

function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit >= 0xd800 && unit < 0xe000)
    return kindOf(String.fromCodePoint(text.codePointAt(at) ?? 0));
  const known = KINDS[unit] as number;
  if (known !== 0) return known;
  const kind = kindOf(text.charAt(at));
  KINDS[unit] = kind;
  return kind;
}

function kindOf(character: string): number {
  if (/[a-z0-9]/.test(character)) return SMALL;
  if (/[A-Z]/.test(character)) return CAPITAL;
  if (!ANY_LETTER.test(character)) return OTHER;
  return UNSPACED_LETTER.test(character) ? UNSPACED : LETTER;
}

function widthAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00 && at + 1 < text.length ? 2 : 1;
}
