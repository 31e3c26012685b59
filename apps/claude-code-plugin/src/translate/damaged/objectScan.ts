/** From where to where an object goes: its first brace, and behind its last. */
export type Span = readonly [from: number, to: number];

/** How far the JSON of an object goes. */
export interface Scan {
  /** The index behind its last brace; null where it is cut off. */
  readonly end: number | null;
  /** The whole objects in it that are part of no other one in it. */
  readonly inner: readonly Span[];
  /** Where to look on: no other object that is whole begins before. */
  readonly next: number;
}

const LITERAL = /-?\d[\d.eE+-]*|true|false|null/y;
const SPACE = /\s/;
const ARRAY = -1;

/**
 * Looks for the end of the object that begins at `from`, each character once. Where half an object
 * runs into another one, a value stands right behind a value, so it hardly looks further than that.
 */
export function scanObject(text: string, from: number): Scan {
  /** Where each object that is open begins. */
  const open: number[] = [];
  const inner: Span[] = [];
  let isBehindValue = false;
  /** A text that was cut off ends with the first quote of what follows. */
  let next = from;
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.test(char)) {
      at += 1;
      continue;
    }
    if (isBehindValue && !",:}]".includes(char)) break;
    next = char === '"' ? at + 1 : at;
    if (char === "}" || char === "]") {
      const begin = open.pop() ?? ARRAY;
      if ((begin === ARRAY) !== (char === "]")) break;
      at += 1;
      isBehindValue = true;
      if (open.length === 0) return { end: at, inner, next: at };
      if (begin !== ARRAY) close(inner, begin, at);
    } else if (char === "," || char === ":") {
      if (!isBehindValue) break;
      isBehindValue = false;
      at += 1;
    } else if (char === "{" || char === "[") {
      open.push(char === "{" ? at : ARRAY);
      at += 1;
    } else {
      const end = valueEnd(text, at);
      if (end === null) break;
      at = end;
      isBehindValue = true;
    }
  }
  return { end: null, inner, next: at < text.length ? Math.max(next, from + 1) : text.length };
}

/** An object ended that begins at `begin`: those in it count no more. */
function close(inner: Span[], begin: number, end: number): void {
  while ((inner.at(-1)?.[0] ?? ARRAY) > begin) inner.pop();
  inner.push([begin, end]);
}

/** The index behind the text, number or word that begins at `at`; null where none does. */
function valueEnd(text: string, at: number): number | null {
  if (text.charAt(at) === '"') return textEnd(text, at);
  LITERAL.lastIndex = at;
  return LITERAL.test(text) ? LITERAL.lastIndex : null;
}

/** The whole line's end where the text has none; null where a crash left NULs in it. */
function textEnd(text: string, from: number): number | null {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charAt(at - slashes - 1) === "\\") slashes += 1;
    if (slashes % 2 === 0) return text.slice(from, at).includes("\0") ? null : at + 1;
  }
  return text.length;
}
